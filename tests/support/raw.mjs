// HTTP as nobody should send it: octets over a socket, and requests with headers that fetch would not let us set.
import { request } from 'node:http'
import { connect } from 'node:net'

/** Sends the octets and gives all that comes back until the server closes, or until `enough(text)`. */
export function raw(url, octets, { enough = () => false, seconds = 20 } = {}) {
  return new Promise((done, fail) => {
    const { hostname, port } = new URL(url)
    const socket = connect({ host: hostname === 'localhost' ? '127.0.0.1' : hostname, port })
    const parts = []
    const text = () => Buffer.concat(parts).toString('latin1')
    const end = closed => {
      clearTimeout(timer)
      socket.destroy()
      done({ text: text(), closed })
    }
    const timer = setTimeout(() => end(false), seconds * 1000)
    socket.on('connect', () => socket.write(octets))
    socket.on('data', part => {
      parts.push(part)
      if (enough(text())) end(false)
    })
    socket.on('error', fault => (['ECONNRESET', 'EPIPE'].includes(fault.code) ? end(true) : fail(fault)))
    socket.on('close', () => end(true))
  })
}

/** The statuses of the answers in what came back. */
export const statuses = text => [...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(found => Number(found[1]))

/** One request with exactly these headers: { status, headers, text, body }. */
export function plain(url, method, path, headers = {}, body) {
  return new Promise((done, fail) => {
    const sent = request(url, { path, method, headers, agent: false }, response => {
      const parts = []
      response.on('data', part => parts.push(part))
      response.on('end', () => {
        const text = Buffer.concat(parts).toString()
        const isJson = /json/.test(response.headers['content-type'] ?? '')
        done({ status: response.statusCode, headers: response.headers, text, body: isJson && text ? JSON.parse(text) : undefined })
      })
    })
    sent.on('error', fail)
    sent.end(body)
  })
}
