import tailwind from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { builtinModules } from 'node:module'
import path from 'node:path'
import { defineConfig, type EnvironmentOptions, type Plugin } from 'vite'

const at = (file: string) => path.resolve(import.meta.dirname, file)
const builtins = [...builtinModules, ...builtinModules.map((name) => `node:${name}`)]

/** A Node target. Its dependencies are bundled unless `external` names them: the package ships no node_modules but better-sqlite3. */
function node(out: string, input: Record<string, string>, external: string[] | true): EnvironmentOptions {
  return {
    consumer: 'server',
    resolve: external === true ? { external: true } : { noExternal: true, conditions: ['node', 'import', 'module', 'default'] },
    build: {
      outDir: at(out),
      emptyOutDir: true,
      target: 'node24',
      ssr: true,
      minify: false,
      sourcemap: true,
      copyPublicDir: false,
      rolldownOptions: {
        input,
        external: external === true ? builtins : [...builtins, ...external],
        output: { format: 'es', entryFileNames: '[name].js' },
      },
    },
  }
}

const main = { index: at('main/hosts/electron/index.ts'), 'store-worker': at('main/store/worker.ts') }

const preload: EnvironmentOptions = {
  consumer: 'server',
  resolve: { noExternal: true },
  build: {
    outDir: at('out/preload'),
    emptyOutDir: true,
    target: 'chrome155',
    ssr: true,
    minify: false,
    copyPublicDir: false,
    rolldownOptions: {
      input: { preload: at('main/hosts/electron/preload.ts') },
      external: ['electron'],
      output: { format: 'cjs', entryFileNames: '[name].cjs', codeSplitting: false }, // a sandboxed preload is one CommonJS file
    },
  },
}

/** What every page loads before anything else, in one file: a dozen small ones would compress worse. */
const everyPage =
  /node_modules[\\/](react|react-dom|react-i18next|zustand)[\\/]|renderer[\\/](shell[\\/]failure-notice|state[\\/]use|ui[\\/](button|time))\.tsx?$/

/** The page uses the contract's types, not its schemas: marked as without effect they are left out, and typebox with them. */
const leaveOutSchemas: Plugin = {
  name: 'leave-out-schemas',
  enforce: 'pre',
  applyToEnvironment: ({ name }) => name === 'client',
  transform: {
    filter: { id: /[\\/]contract[\\/][\w-]+\.ts$/ },
    handler: (code) => ({ code: code.replaceAll(/\bType\.[A-Z]\w+\(/g, '/* @__PURE__ */ $&'), map: null }),
  },
}

/** `vite build --app` builds every environment. Sandbox, loopback host, scripts and bench run from source and are not here. */
export default defineConfig({
  root: at('renderer'),
  base: './',
  plugins: [react(), tailwind(), leaveOutSchemas],
  html: { cspNonce: '__CSP_NONCE__' }, // replaced per page load by main/hosts/page.ts
  environments: {
    client: {
      build: {
        outDir: at('out/renderer'),
        emptyOutDir: true,
        assetsInlineLimit: 0,
        target: 'chrome130',
        rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'base', test: everyPage }] } } },
      },
    },
    main: node('out/main', main, ['electron', 'better-sqlite3']),
    preload,
    relay: node('out/relay', { server: at('relay/server.ts') }, true),
  },
  builder: {
    async buildApp(builder) {
      const built = Object.values(builder.environments).filter(({ name }) => name !== 'ssr') // Vite always adds `ssr`
      for (const environment of built) await builder.build(environment)
    },
  },
})
