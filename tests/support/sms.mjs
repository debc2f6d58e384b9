// Gateways for short messages: one of ours that keeps what it is given, and Kannel with its simulated carrier.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { eventually } from './client.mjs'
import { freePort } from './ports.mjs'
import { temporaryFolder } from './server.mjs'

/** { url: the setting, messages: [{ to, text, report }], answer: the status of the next answers }. */
export async function gateway(t) {
  const made = { messages: [], answer: 202 }
  const server = createServer((question, reply) => {
    const { searchParams } = new URL(question.url, 'http://gateway')
    if (made.answer < 300) made.messages.push(Object.fromEntries(searchParams))
    reply.writeHead(made.answer).end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  made.url = `http://127.0.0.1:${server.address().port}/send?to={to}&text={text}&report={report}`
  /** The code in the newest message to this number, once there is one after `seen` of them. */
  made.code = async (to, seen = 0) => {
    const found = await eventually(() => made.messages.filter(one => one.to === to)[seen])
    return /\d{6}/.exec(found.text)[0]
  }
  return made
}

/** Kannel (bearerbox, smsbox) on loopback with fakesmsc as the carrier: { url, received(): [{ to, text }] }. */
export async function kannel(t) {
  const folder = temporaryFolder('educard-kannel-')
  const [admin, boxes, carrier, http] = [await freePort(), await freePort(), await freePort(), await freePort()]
  const file = join(folder, 'kannel.conf')
  writeFileSync(file, `
group = core
admin-port = ${admin}
admin-interface = 127.0.0.1
admin-password = nobody
smsbox-port = ${boxes}
smsbox-interface = 127.0.0.1
box-allow-ip = 127.0.0.1
dlr-storage = internal
log-level = 1

group = smsc
smsc = fake
smsc-id = carrier
port = ${carrier}
connect-allow-ip = 127.0.0.1

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = ${http}
sendsms-interface = 127.0.0.1

group = sendsms-user
username = educard
password = secret
concatenation = true
max-messages = 5

group = sms-service
keyword = default
max-messages = 0
text = ""
`)
  const started = []
  const run = (program, args) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    started.push(child)
    child.output = ''
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', text => (child.output += text))
    return child
  }
  t.after(async () => {
    for (const child of started.toReversed()) {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGKILL')
        await once(child, 'exit')
      }
    }
  })
  const answers = port => fetch(`http://127.0.0.1:${port}/`).then(() => true, () => false)
  run('bearerbox', [file])
  await eventually(() => answers(admin))
  run('smsbox', [file])
  await eventually(() => answers(http))
  const phones = run('/usr/lib/kannel/test/fakesmsc', ['-H', '127.0.0.1', '-r', String(carrier), '-m', '0', '1 2 text x'])
  const textOf = encoded => Buffer.from(encoded.replace(/\+/g, ' ').replace(/%([0-9A-F]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))), 'latin1').swap16().toString('utf16le')
  return {
    url: `http://127.0.0.1:${http}/cgi-bin/sendsms?username=educard&password=secret&from=10690000&to={to}&text={text}&charset=UTF-8&coding=2&dlr-mask=31&dlr-url={report}`,
    received: () => [...phones.output.matchAll(/Got message \d+: <\S+ (\S+) ucs-2 (.*?)>\n/g)].map(([, to, text]) => ({ to: decodeURIComponent(to), text: textOf(text) })),
  }
}
