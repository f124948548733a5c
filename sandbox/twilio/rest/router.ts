import type { Operation } from './http.ts'

interface Route {
  operation: Operation
  pattern: RegExp
  names: string[]
}

export type Match = { operation: Operation; path: Record<string, string> }

/** Finds the operation of a path. `undefined`: no such resource; 'method': it exists, but not with this method. */
export function createRouter(operations: Operation[]): (method: string, path: string) => Match | 'method' | undefined {
  const routes = operations.map(compile)
  return (method, path) => {
    const here = routes.flatMap((route) => {
      const found = route.pattern.exec(path)
      return found ? [{ route, found }] : []
    })
    const match = here.find(({ route }) => route.operation.method === method)
    if (!match) return here.length ? 'method' : undefined
    const values = match.route.names.map((name, index) => [name, decoded(match.found[index + 1] ?? '')])
    return { operation: match.route.operation, path: Object.fromEntries(values) as Record<string, string> }
  }
}

/** A malformed escape stays as it is, and so names nothing. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** {Sid} matches a SID's letters and a number's plus sign; anything else is a 404, as it is at Twilio. */
function compile(operation: Operation): Route {
  const names: string[] = []
  const source = operation.path.replaceAll('.', '\\.').replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    names.push(name)
    return '([A-Za-z0-9+%]+)'
  })
  return { operation, names, pattern: new RegExp(`^${source}$`) }
}
