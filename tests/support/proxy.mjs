// nginx with TLS in front of two servers, as deploy/nginx-two-nodes.conf has it; and a caller that trusts its certificate only.
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { createServer } from 'node:net'
import { join } from 'node:path'

import { Client, eventually } from './client.mjs'
import { root, temporaryFolder } from './server.mjs'

async function freePort() {
  const server = createServer()
  await new Promise(ready => server.listen(0, '127.0.0.1', ready))
  const { port } = server.address()
  await new Promise(closed => server.close(closed))
  return port
}

/** Replaces, and fails where there is nothing to replace: the file under test must be the one that ships. */
function replaced(text, pairs) {
  for (const [from, to] of pairs) {
    assert.ok(text.includes(from), `deploy/nginx-two-nodes.conf has no ${from}`)
    text = text.replaceAll(from, to)
  }
  return text
}

/** Starts it; gives { url, certificate } and ends it with the test. */
export async function proxyTo(t, first, second) {
  const folder = temporaryFolder('educard-proxy-')
  execFileSync('chmod', ['755', folder])
  const openssl = 'req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost'
  execFileSync('openssl', [...openssl.split(' '), '-keyout', join(folder, 'key.pem'), '-out', join(folder, 'certificate.pem')], { stdio: 'ignore' })
  const [plain, secure] = [await freePort(), await freePort()]
  const site = replaced(readFileSync(join(root, 'deploy/nginx-two-nodes.conf'), 'utf8'), [
    ['10.0.0.11:8080', new URL(first.url).host],
    ['10.0.0.12:8080', new URL(second.url).host],
    ['    listen [::]:80;\n', ''],
    ['    listen [::]:443 ssl http2;\n', ''],
    ['listen 80;', `listen 127.0.0.1:${plain};`],
    ['listen 443 ssl http2;', `listen 127.0.0.1:${secure} ssl http2;`],
    ['card.example.cn', 'localhost'],
    ['/etc/ssl/educard/fullchain.pem', join(folder, 'certificate.pem')],
    ['/etc/ssl/educard/privkey.pem', join(folder, 'key.pem')],
  ])
  const places = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(name => `${name}_temp_path ${folder}/${name};`).join(' ')
  const user = process.getuid() === 0 ? 'user root;' : ''
  writeFileSync(join(folder, 'nginx.conf'), `${user} daemon off; worker_processes 1; pid ${folder}/pid; error_log ${folder}/error.log; events {} http { access_log off; ${places}\n${site}}`)
  const nginx = spawn('nginx', ['-c', join(folder, 'nginx.conf'), '-p', folder], { stdio: 'ignore' })
  const ended = new Promise(done => nginx.once('exit', done))
  t.after(async () => {
    nginx.kill('SIGTERM')
    await ended
    rmSync(folder, { recursive: true, force: true })
  })
  const proxy = { url: `https://localhost:${secure}`, plain: `http://127.0.0.1:${plain}`, certificate: readFileSync(join(folder, 'certificate.pem')) }
  await eventually(() => new TlsClient(proxy).call('GET', '/healthz').then(({ status }) => status === 200, () => false), 'nginx to answer', 10)
  return proxy
}

export class TlsClient extends Client {
  constructor(proxy, token) {
    super(proxy.url, token)
    this.proxy = proxy
  }

  /** As Client.call; throws when the connection breaks. */
  call(method, path, body, headers = {}) {
    return new Promise((answered, broken) => {
      const options = {
        method,
        ca: this.proxy.certificate,
        headers: { ...(this.token ? { authorization: `Bearer ${this.token}` } : {}), ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      }
      const sent = request(this.url + path, options, async response => {
        let text = ''
        for await (const part of response) text += part
        const isJson = /json/.test(response.headers['content-type'] ?? '')
        answered({ status: response.statusCode, body: isJson && text ? JSON.parse(text) : text, headers: new Headers(response.headers) })
      })
      sent.on('error', broken)
      sent.end(body === undefined ? undefined : JSON.stringify(body))
    })
  }

  /** Opens a stream of events; gives { heard, close }, where heard(text) waits for the text. */
  async listen(path) {
    let text = ''
    const sent = request(this.url + path, { ca: this.proxy.certificate, headers: { authorization: `Bearer ${this.token}` } })
    sent.end()
    const response = await new Promise((ready, broken) => sent.once('response', ready).once('error', broken))
    assert.equal(response.statusCode, 200)
    response.on('data', part => (text += part)).on('error', () => {})
    return { heard: wanted => eventually(() => text.includes(wanted), `an event with ${wanted}`, 10), close: () => sent.destroy() }
  }
}
