// npm oidc-provider in a process of its own, as the conformance suite sets it up; says where it is, and the app and service that it knows.
import { start } from '../tests/conformance/oidc_provider.mjs'

const peer = await start({ after() {} })
const app = await peer.app({ uris: ['https://app.example.com/cb'] })
const service = await peer.app({ uris: [], service: true })
console.log(JSON.stringify({ issuer: peer.issuer, app, service }))
