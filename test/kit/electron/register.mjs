// `node --import` this: `electron` resolves to the double beside it.
import { registerHooks } from 'node:module'

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'electron' ? { url: new URL('./double.mjs', import.meta.url).href, shortCircuit: true } : next(specifier, context),
})
