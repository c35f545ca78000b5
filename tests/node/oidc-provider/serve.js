// An OpenID provider on a free port of this machine. Prints its issuer; "rotate" on standard input replaces its keys; ends with its input.
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import http from 'node:http';
import readline from 'node:readline';
import Provider from 'oidc-provider';

// The provider's hints go to standard error; standard output is for who started us.
console.info = console.warn = console.error;

const jwk = (type, options, alg) => ({ ...generateKeyPairSync(type, options).privateKey.export({ format: 'jwk' }), alg, use: 'sig', kid: randomUUID() });

function provide(issuer) {
  const client = (id, alg) => ({
    client_id: id, client_secret: 'secret', grant_types: ['client_credentials'], redirect_uris: [], response_types: [], id_token_signed_response_alg: alg,
  });
  const provider = new Provider(issuer, {
    clients: [client('es', 'ES256'), client('rs', 'RS256')],
    jwks: { keys: [jwk('rsa', { modulusLength: 2048 }, 'RS256'), jwk('ec', { namedCurve: 'P-256' }, 'ES256')] },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_, resource, { clientId }) => ({
          scope: 'api', audience: resource, accessTokenFormat: 'jwt', accessTokenTTL: 3600, jwt: { sign: { alg: clientId === 'rs' ? 'RS256' : 'ES256' } },
        }),
      },
    },
    extraTokenClaims: (ctx) => JSON.parse(ctx.get('x-claims') || '{}'),
  });
  return provider.callback();
}

const server = http.createServer((request, response) => handle(request, response));
let handle;
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  handle = provide(issuer);
  console.log(issuer);
  readline.createInterface({ input: process.stdin })
    .on('line', () => { handle = provide(issuer); console.log('rotated'); })
    .on('close', () => process.exit());
});
