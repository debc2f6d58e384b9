// npm oidc-provider in a process of its own, as the conformance suite sets it up; says where it is, and the app and service that it knows.
import { start } from '../tests/conformance/oidc_provider.mjs'

/** Everything in memory, as its own adapter does it, which forgets all but the newest thousand. */
class Memory {
  static kept = new Map()
  static grants = new Map()

  constructor(model) {
    this.model = model
  }

  key(id) {
    return `${this.model}:${id}`
  }

  async upsert(id, payload) {
    Memory.kept.set(this.key(id), payload)
    if (payload.uid) Memory.kept.set(`uid:${payload.uid}`, payload)
    if (payload.grantId) {
      if (!Memory.grants.has(payload.grantId)) Memory.grants.set(payload.grantId, [])
      Memory.grants.get(payload.grantId).push(this.key(id))
    }
  }

  async find(id) {
    return Memory.kept.get(this.key(id))
  }

  async findByUid(uid) {
    return Memory.kept.get(`uid:${uid}`)
  }

  async consume(id) {
    Memory.kept.get(this.key(id)).consumed = Math.floor(Date.now() / 1000)
  }

  async destroy(id) {
    Memory.kept.delete(this.key(id))
  }

  async revokeByGrantId(grant) {
    for (const key of Memory.grants.get(grant) ?? []) Memory.kept.delete(key)
    Memory.grants.delete(grant)
  }
}

const peer = await start({ after() {} }, { adapter: Memory })
const app = await peer.app({ uris: ['https://app.example.com/cb'] })
const service = await peer.app({ uris: [], service: true })
console.log(JSON.stringify({ issuer: peer.issuer, app, service }))
