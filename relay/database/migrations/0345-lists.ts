interface Executes {
  exec(sql: string): unknown
}

/**
 * Pages of lists are found without looking at what is not in them: recordings by when they began, those of which that is not known last;
 * and what a user may see by when the call began, which is kept with whose it is.
 */
export const migration = {
  version: 345,
  up(db: Executes): void {
    db.exec(`
      CREATE INDEX recordings_in_order ON recordings (coalesce(started_at, '') DESC, sid DESC);

      ALTER TABLE call_viewers ADD COLUMN started_at TEXT NOT NULL DEFAULT '';
      UPDATE call_viewers SET started_at = (SELECT started_at FROM calls c WHERE c.call_id = call_viewers.call_id);
      CREATE INDEX call_viewers_by_start ON call_viewers (user_id, started_at DESC, call_id DESC);
      CREATE TRIGGER calls_start_again AFTER UPDATE OF started_at ON calls WHEN new.started_at <> old.started_at BEGIN
        UPDATE call_viewers SET started_at = new.started_at WHERE call_id = new.call_id;
      END;
    `)
  },
}
