import { KEY_ID_AT, KEY_ID_BYTES } from '#lib/sealed-bytes.ts'
import type { Database } from '#store/database.ts'

/** A column of sealed values. The schema is asked for them, so that none can be forgotten. */
export interface SealedColumn {
  table: string
  column: string
  /** The columns of its primary key. */
  key: readonly string[]
}

export interface SealedRow {
  key: readonly (string | number)[]
  sealed: Buffer
}

interface Info {
  name: string
  type: string
  pk: number
}

type Value = string | number | Buffer

/** By convention: `sealed`, `…_sealed` or `sealed_…`. */
const IS_SEALED = /^sealed$|_sealed$|^sealed_/
const KEY_ID = `substr(%, ${KEY_ID_AT + 1}, ${KEY_ID_BYTES})`

/** Everything that is sealed, whatever it is: for giving it another key. */
export function createSealedStore(db: Database) {
  function columns(): SealedColumn[] {
    const tables = db
      .prepare<[], string>("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
      .pluck()
      .all()
    return tables.flatMap((table) => {
      const infos = db
        .prepare<[string], Info>('SELECT name, type, pk FROM pragma_table_info(?)')
        .all(table)
      const key = infos
        .filter(({ pk }) => pk > 0)
        .toSorted((one, other) => one.pk - other.pk)
        .map(({ name }) => name)
      return infos
        .filter(({ name, type }) => type === 'BLOB' && IS_SEALED.test(name))
        .map(({ name }) => ({ table, column: name, key }))
    })
  }

  const idOf = (column: string): string => KEY_ID.replace('%', quoted(column))
  const isThere = (column: string): string => `length(${quoted(column)}) > 0`

  return {
    columns,

    /** How many values name each key, by its hex id. */
    countByKey(): Map<string, number> {
      const counts = new Map<string, number>()
      for (const { table, column } of columns())
        for (const { id, rows } of db
          .prepare<[], { id: string; rows: number }>(
            `SELECT lower(hex(${idOf(column)})) AS id, count(*) AS rows FROM ${quoted(table)}
             WHERE ${isThere(column)} GROUP BY 1`,
          )
          .all())
          counts.set(id, (counts.get(id) ?? 0) + rows)
      return counts
    },

    /** Rows behind `after` whose value names another key than that one, in the order of their keys. */
    listOthers(
      { table, column, key }: SealedColumn,
      keyId: string,
      after: SealedRow['key'] | undefined,
      limit: number,
    ): SealedRow[] {
      const order = key.map(quoted).join(', ')
      const behind =
        after === undefined ? '' : `AND (${order}) > (${key.map(() => '?').join(', ')})`
      return db
        .prepare<Value[], Value[]>(
          `SELECT ${quoted(column)}, ${order} FROM ${quoted(table)}
           WHERE ${isThere(column)} AND ${idOf(column)} <> ? ${behind} ORDER BY ${order} LIMIT ?`,
        )
        .raw()
        .all(Buffer.from(keyId, 'hex'), ...(after ?? []), limit)
        .flatMap(([sealed, ...values]) =>
          Buffer.isBuffer(sealed)
            ? { sealed, key: values.filter((value) => typeof value !== 'object') }
            : [],
        )
    },

    /** Only where nobody has written the value anew since it was read. */
    replace({ table, column, key }: SealedColumn, row: SealedRow, sealed: Buffer): void {
      const where = key.map((name) => `${quoted(name)} = ?`).join(' AND ')
      db.prepare<Value[]>(
        `UPDATE ${quoted(table)} SET ${quoted(column)} = ?
         WHERE ${where} AND ${quoted(column)} = ?`,
      ).run(sealed, ...row.key, row.sealed)
    },

    /** What is overwritten is then gone from the file too, and not only free to be used again. */
    overwriteFreed(isOn: boolean): void {
      db.pragma(`secure_delete = ${isOn ? 'ON' : 'OFF'}`)
      if (!isOn) db.pragma('wal_checkpoint(PASSIVE)')
    },
  }
}
export type SealedStore = ReturnType<typeof createSealedStore>

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`
