// Entry of the page. Browsers run these files as they are: hence .js.
// oxlint-disable house/rooms, house/effects -- the browser resolves .js, and an entry is there for its effects
import { start } from './handset.js'

await start()
