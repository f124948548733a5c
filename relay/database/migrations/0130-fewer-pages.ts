interface Executes {
  exec(sql: string): unknown
}

/**
 * A webhook is known by one key instead of two: each random index costs every webhook a page. The text of a numbered callback's key has
 * spaces, that of a hash none. And the call of a recording's leg is found without reading all recordings.
 */
export const migration = {
  version: 130,
  up(db: Executes): void {
    db.exec(`
      CREATE INDEX recordings_by_leg ON recordings (leg_sid);

      DROP INDEX seen_webhooks_by_sequence;
      UPDATE seen_webhooks SET key = call_sid || ' ' || callback_source || ' ' || sequence_number
        WHERE sequence_number IS NOT NULL AND call_sid IS NOT NULL AND callback_source IS NOT NULL;
      ALTER TABLE seen_webhooks DROP COLUMN call_sid;
      ALTER TABLE seen_webhooks DROP COLUMN callback_source;
      ALTER TABLE seen_webhooks DROP COLUMN sequence_number;
    `)
  },
}
