// What a linter of single files cannot see: names, places and sizes. Pure: lists of paths in, sentences out.

const rooms = ['contract', 'base', 'words', 'main', 'renderer', 'relay', 'sandbox', 'bench', 'scripts', 'test']
const folders = new Set([...rooms, 'docs', 'resources', '.ci'])
const isSource = (/** @type {string} */ file) => /\.(tsx?|mjs|js)$/.test(file)

/** Why these paths break the house's rules. @param {string[]} files Relative to the root, with slashes. */
export function complaints(files) {
  return files.flatMap((file) => {
    const parts = file.split('/')
    const name = parts.at(-1) ?? ''
    const found = []
    if (parts.length > 1 && !folders.has(parts[0] ?? '')) found.push(`${file}: the house has no room '${parts[0]}'`)
    if (isSource(name) && !/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9-]+)*$/.test(name)) found.push(`${file}: file names are kebab-case`)
    if (/\.d\.ts$|\.tsbuildinfo$/.test(name)) found.push(`${file}: compiled output is not kept`)
    // What a browser is given as it is, without a build, is JavaScript.
    if (name.endsWith('.js') && parts[0] !== 'scripts' && !file.startsWith('sandbox/handset/page/'))
      found.push(`${file}: sources are TypeScript`)
    if (/\.test\.tsx?$/.test(name) && parts[0] !== 'test') found.push(`${file}: tests are under test/`)
    return found
  })
}

/** Median and p90 of lines per room, as lines of a table. @param {string[]} files @param {(file: string) => number} linesOf */
export function sizesOf(files, linesOf) {
  const table = [['room', 'files', 'median', 'p90', 'longest']]
  const sources = files.filter(isSource)
  for (const room of [...rooms, 'all']) {
    const sizes = sources.filter((file) => room === 'all' || file.startsWith(`${room}/`)).map(linesOf)
    if (!sizes.length) continue
    sizes.sort((a, b) => a - b)
    const at = (/** @type {number} */ share) => String(sizes[Math.ceil((sizes.length - 1) * share)])
    table.push([room, String(sizes.length), at(0.5), at(0.9), at(1)])
  }
  return [
    'sizes in lines (aims: median 80, p90 200)',
    ...table.map((row) => row.map((cell, at) => (at ? cell.padStart(8) : cell.padEnd(10))).join('')),
  ]
}
