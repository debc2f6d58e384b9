// Apache with mod_auth_openidc, on loopback, as an app of its own: what lies under /protected/ is for who signed in with the card.
import { spawn } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { join } from 'node:path'
import { eventually } from './client.mjs'
import { temporaryFolder } from './server.mjs'
import { freePort } from './ports.mjs'

const modules = '/usr/lib/apache2/modules'
const wanted = ['mpm_event', 'authn_core', 'authz_core', 'authz_user', 'mime', 'dir', 'include', 'auth_openidc']

/** Where the app will be: { origin, redirect }. */
export async function place() {
  const origin = `http://127.0.0.1:${await freePort()}`
  return { origin, redirect: `${origin}/protected/redirect` }
}

/** Starts it for this client; gives { log() }. */
export async function apache(t, { origin, redirect }, issuer, { id, secret, algorithm }, more = '') {
  const folder = temporaryFolder('educard-apache-')
  chmodSync(folder, 0o755) // its workers are nobody's
  mkdirSync(join(folder, 'www/protected'), { recursive: true })
  writeFileSync(join(folder, 'www/protected/index.shtml'), '<!doctype html><meta charset="utf-8"><title>app</title><h1>Hello <!--#echo var="OIDC_CLAIM_name" --></h1><p>sub <!--#echo var="OIDC_CLAIM_sub" --></p>\n')
  writeFileSync(join(folder, 'www/bye.html'), '<!doctype html><title>app</title><h1>Signed out</h1>\n')
  const file = join(folder, 'apache.conf')
  writeFileSync(file, `
ServerRoot "${folder}"
PidFile "${folder}/pid"
ErrorLog "${folder}/error.log"
LogLevel warn auth_openidc:info
Listen ${new URL(origin).host}
ServerName ${new URL(origin).host}
${wanted.map(name => `LoadModule ${name}_module ${modules}/mod_${name}.so`).join('\n')}
TypesConfig /etc/mime.types
User www-data
Group www-data
DocumentRoot "${folder}/www"
DirectoryIndex index.shtml
AddType text/html .shtml
AddOutputFilter INCLUDES .shtml
<Directory "${folder}/www">
  Options +Includes
  Require all granted
</Directory>
OIDCProviderMetadataURL ${issuer}/.well-known/openid-configuration
OIDCClientID ${id}
OIDCClientSecret ${secret}
OIDCRedirectURI ${redirect}
OIDCCryptoPassphrase ${secret}
OIDCPKCEMethod S256
OIDCScope "openid profile"
OIDCIDTokenSignedResponseAlg ${algorithm}
OIDCRemoteUserClaim sub
${more}
<Location "/protected">
  AuthType openid-connect
  Require valid-user
</Location>
`)
  const child = spawn('/usr/sbin/apache2', ['-f', file, '-D', 'FOREGROUND'], { stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', text => (output += text))
  t.after(async () => {
    if (child.exitCode !== null) return
    child.kill('SIGTERM')
    await once(child, 'exit')
  })
  await eventually(() => {
    if (child.exitCode !== null) throw new Error(output + readFileSync(join(folder, 'error.log'), 'utf8'))
    return fetch(`${origin}/bye.html`).then(answer => answer.ok, () => false)
  })
  return { log: () => readFileSync(join(folder, 'error.log'), 'utf8') }
}
