// A reporter of node's test runner that writes what failed, where and why, and nothing else: ./test repeats it at its end, where it is
// found. A test that failed only because one inside it did is left out.
import { inspect } from 'node:util'

export default async function* failures(source) {
  for await (const { type, data } of source) {
    if (type !== 'test:fail') continue
    const { error } = data.details
    if (error?.failureType === 'subtestsFailed') continue
    const cause = error?.cause ?? error
    yield `${data.name}\n  ${data.file}:${data.line}\n${inspect(cause, { depth: 4 }).replace(/^/gm, '    ')}\n`
  }
}
