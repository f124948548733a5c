import type { Connection } from '../../main/store/open-database.ts'

/** A statement as it was run. `isPluck`: its first column alone was asked for. */
export interface Asked {
  sql: string
  verb: 'run' | 'get' | 'all'
  values: unknown[]
  isPluck: boolean
}

/** A connection that writes down every statement that is run on it, with its values: the same SQL can be run without our code. */
export function recordedSql(db: Connection, onAsked: (asked: Asked) => void): Connection {
  const watched = (sql: string, statement: ReturnType<Connection['prepare']>, isPluck: boolean): unknown =>
    new Proxy(statement, {
      get(target, name) {
        if (name === 'pluck') return () => watched(sql, target.pluck(), true)
        if (name !== 'run' && name !== 'get' && name !== 'all') return Reflect.get(target, name) as unknown
        return (...values: unknown[]) => {
          onAsked({ sql, verb: name, values, isPluck })
          return Reflect.apply(target[name], target, values) as unknown
        }
      },
    })
  return new Proxy(db, {
    get(target, name) {
      if (name === 'prepare') return (sql: string) => watched(sql, target.prepare(sql), false)
      const value = Reflect.get(target, name) as unknown
      return typeof value === 'function' ? (value.bind(target) as unknown) : value
    },
  })
}
