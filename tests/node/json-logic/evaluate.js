// Reads lines of [logic, data] and writes what json-logic-js makes of each.
"use strict";
const readline = require("node:readline");
const jsonLogic = require("json-logic-js");
jsonLogic.add_operation("Math", Math);

readline.createInterface({ input: process.stdin, crlfDelay: Infinity }).on("line", line => {
  const [logic, data] = JSON.parse(line);
  let answer;
  try {
    const result = jsonLogic.apply(logic, data);
    answer = { result: result === undefined ? null : result, truthy: jsonLogic.truthy(result) };
  } catch (failure) {
    answer = { skip: String(failure) };
  }
  process.stdout.write(JSON.stringify(answer) + "\n");
});
