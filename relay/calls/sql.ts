/** What the stores of calls need of a SQLite connection (better-sqlite3 has it). Calls are synchronous, inside the writer's transaction. */
export interface Sql {
  prepare(sql: string): {
    run(...values: (string | number | null)[]): unknown
    get(...values: (string | number | null)[]): unknown
    all(...values: (string | number | null)[]): unknown[]
  }
}
