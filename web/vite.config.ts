import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import vue from '@vitejs/plugin-vue'
import { defineConfig, type Plugin, type Rollup } from 'vite'

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))

/** Entry points whose code must be there without a network: the shell, home and the card. */
const offlineModules = [/\/src\/main\.ts$/, /\/src\/app\/((Citizen|Plain)Shell|TroublePage)\.vue$/, /\/src\/features\/(home|cards)\/.*Page\.vue$/, /\/node_modules\/jsqr\//]
const publicFiles = ['/manifest.webmanifest', '/icon.svg', '/first-paint.js']

/** Files that a chunk needs before it runs: itself, what it imports, their styles. */
function closure(bundle: Rollup.OutputBundle, name: string, into: Set<string>) {
  const chunk = bundle[name]
  if (into.has(name) || chunk?.type !== 'chunk') return
  into.add(name)
  chunk.imports.forEach(imported => closure(bundle, imported, into))
  const css = (chunk as { viteMetadata?: { importedCss: Set<string> } }).viteMetadata?.importedCss
  css?.forEach(file => into.add(file))
}

/** Writes sw.js with the list of files to keep, and a .gz beside every text file. */
function offlineAndCompressed(): Plugin {
  return {
    name: 'educard-offline-and-compressed',
    apply: 'build',
    enforce: 'post',
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        const kept = new Set<string>()
        for (const file of Object.values(bundle)) {
          if (file.type !== 'chunk') continue
          const origin = file.facadeModuleId ?? ''
          if (file.isEntry || offlineModules.some(pattern => pattern.test(origin))) closure(bundle, file.fileName, kept)
        }
        const version = createHash('sha256').update(Object.keys(bundle).sort().join()).digest('hex').slice(0, 12)
        const list = ['/index.html', ...publicFiles, ...[...kept].sort().map(file => '/' + file)]
        const worker = readFileSync(path('src/sw.js'), 'utf8')
          .replaceAll('__PRECACHE__', JSON.stringify(list))
          .replaceAll('__VERSION__', JSON.stringify(version))
        this.emitFile({ type: 'asset', fileName: 'sw.js', source: worker })
        for (const name of readdirSync(path('public/maps'))) {
          this.emitFile({ type: 'asset', fileName: `maps/${name}.gz`, source: gzipSync(readFileSync(path(`public/maps/${name}`)), { level: 9 }) })
        }
        for (const file of Object.values(bundle)) {
          const content = file.type === 'chunk' ? file.code : file.source
          if (!/\.(js|css|html|svg|json|webmanifest)$/.test(file.fileName) || content.length < 1024) continue
          this.emitFile({ type: 'asset', fileName: file.fileName + '.gz', source: gzipSync(content, { level: 9 }) })
        }
      },
    },
  }
}

// What nearly every page needs comes in one file, and so do things that are only used together: fewer requests, and text that is alike
// compresses better side by side.
const together = [
  { name: 'base', test: /node_modules\/(@vue|vue|vue-router)\/|\/src\/(lib\/i18n|lib\/online|api\/(client|problem)|app\/(texts|preferences|session|title|(QuickSwitches|BrandMark)\.vue)|ui\/(UiButton\.vue|status|texts))/ },
  { name: 'fields', test: /\/src\/(ui\/(UiField\.vue|UiErrorSummary\.vue|form\.ts|field\.css)|lib\/form\.ts)/ },
  { name: 'credentials', test: /\/src\/features\/accounts\/(CaptchaField\.vue|PasswordField\.vue|login-texts)|\/src\/lib\/device-name/ },
]

const server = process.env.EDUCARD_SERVER ?? 'http://localhost:8080'

export default defineConfig({
  root: path('.'),
  plugins: [vue(), offlineAndCompressed()],
  resolve: { alias: { '@': path('src') } },
  define: { __VUE_OPTIONS_API__: false, __VUE_PROD_DEVTOOLS__: false },
  build: {
    target: 'es2022',
    outDir: path('../build/web/dist'),
    emptyOutDir: true,
    manifest: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { output: { codeSplitting: { groups: together } } },
  },
  server: { proxy: { '/api': { target: server, changeOrigin: false }, '/oidc': { target: server, changeOrigin: false } } },
  test: { environment: 'happy-dom', include: ['src/**/*.test.ts'] },
} as Parameters<typeof defineConfig>[0])
