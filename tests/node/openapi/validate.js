import { createInterface } from "node:readline";
import { Validator } from "@seriousme/openapi-schema-validator";

// A document a line; answers what is wrong with it, or "valid" and its version.
for await (const line of createInterface({ input: process.stdin })) {
  const validator = new Validator();
  const { valid, errors } = await validator.validate(JSON.parse(line));
  console.log(valid ? `valid ${validator.version}` : JSON.stringify(errors).slice(0, 2000));
}
