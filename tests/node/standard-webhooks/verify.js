// Reads { secret, body, headers } a line; writes the verified payload's id, or why it was refused.
const { Webhook } = require('standardwebhooks');
const lines = require('readline').createInterface({ input: process.stdin });
lines.on('line', line => {
  const { secret, body, headers } = JSON.parse(line);
  try {
    console.log(new Webhook(secret).verify(body, headers).id);
  } catch (refused) {
    console.log(`refused: ${refused.message}`);
  }
});
