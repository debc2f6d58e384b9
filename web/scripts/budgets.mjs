// Weighs what a first visit of a page loads (JS and CSS, gzip) against the budgets of the project; fails when one is exceeded.
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { gzipSync } from 'node:zlib'

const dist = resolve(import.meta.dirname, '../../build/web/dist')
const manifest = JSON.parse(readFileSync(resolve(dist, '.vite/manifest.json'), 'utf8'))
const kilo = 1024
const budgets = [
  [/features\/accounts\/LoginPage/, 60],
  [/features\/home\/HomePage/, 65],
  [/features\/progress\/ProgressPage/, 300],
  [/Page\.vue$/, 150],
]

function gather(key, files = new Set(), seen = new Set()) {
  if (seen.has(key)) return files
  seen.add(key)
  const entry = manifest[key]
  files.add(entry.file)
  entry.css?.forEach(file => files.add(file))
  entry.imports?.forEach(imported => gather(imported, files, seen))
  return files
}

const size = file => gzipSync(readFileSync(resolve(dist, file)), { level: 9 }).length
const shells = { citizen: 'src/app/CitizenShell.vue', plain: 'src/app/PlainShell.vue', admin: 'src/app/AdminShell.vue' }
const shellOf = key => shells[/\/(workbench|review|organisations|roster|progress|appointments|audit)\//.test(key) ? 'admin' : /LoginPage|RegisterPage|Verify/.test(key) ? 'plain' : 'citizen']

let failed = false
for (const key of Object.keys(manifest).filter(name => name.endsWith('Page.vue')).sort()) {
  const files = gather('index.html')
  if (manifest[shellOf(key)]) gather(shellOf(key), files)
  gather(key, files)
  // The dashboard's map comes with its first view.
  if (/ProgressPage/.test(key)) manifest[key].dynamicImports?.forEach(lazy => gather(lazy, files))
  const weight = [...files].filter(file => /\.(js|css)$/.test(file)).reduce((sum, file) => sum + size(file), 0) / kilo
  const budget = budgets.find(([pattern]) => pattern.test(key))[1]
  const over = weight > budget
  failed ||= over
  console.log(`${weight.toFixed(1).padStart(6)} of ${budget} KB  ${key}${over ? '  TOO HEAVY' : ''}`)
}
process.exit(failed ? 1 : 0)
