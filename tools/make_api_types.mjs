#!/usr/bin/env node
// Writes web/src/api/schema.d.ts, the TypeScript types of the API, from what the program says of itself (`educard openapi`).
//   node tools/make_api_types.mjs [--check]      --check writes nothing and fails when the file is not what would be written
// The program is build/dev/educard unless EDUCARD_BINARY names another.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '..')
const binary = process.env.EDUCARD_BINARY ?? join(root, 'build/dev/educard')
const file = join(root, 'web/src/api/schema.d.ts')

function typesOf(description) {
  const folder = mkdtempSync(join(tmpdir(), 'educard-types-'))
  try {
    const [input, output] = [join(folder, 'openapi.json'), join(folder, 'schema.d.ts')]
    writeFileSync(input, description)
    execFileSync(process.execPath, [join(root, 'web/node_modules/openapi-typescript/bin/cli.js'), input, '--output', output, '--alphabetize'], { stdio: ['ignore', 'ignore', 'inherit'] })
    return readFileSync(output, 'utf8')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const types = typesOf(execFileSync(binary, ['openapi'], { encoding: 'utf8', maxBuffer: 16 << 20, stdio: ['ignore', 'pipe', 'ignore'] }))
if (!process.argv.includes('--check')) {
  writeFileSync(file, types)
} else if (readFileSync(file, 'utf8') !== types) {
  console.error('web/src/api/schema.d.ts is not what the API says: run node tools/make_api_types.mjs')
  process.exitCode = 1
}
