import type { SealedColumn, SealedRow } from '#store/sealed-store.ts'

/** Where what is bound to a value is not `table|key|column`. */
const OTHERWISE: Record<string, (key: SealedRow['key']) => string> = {
  'idempotency_keys.reply_sealed': (key) => `idempotency_keys|${key.join(' ')}`,
  'certificate_orders.key_sealed': (key) => `certificate_orders|${key.join(',')}|key_sealed`,
}

/** The context that a value was sealed with: `table|key|column`, the parts of a key joined by a slash. */
export function sealedContext({ table, column }: SealedColumn, { key }: SealedRow): string {
  const otherwise = OTHERWISE[`${table}.${column}`]
  return otherwise ? otherwise(key) : `${table}|${key.join('/')}|${column}`
}

/** True where the column has a rule of its own. */
export const hasOwnContext = ({ table, column }: SealedColumn): boolean =>
  Object.hasOwn(OTHERWISE, `${table}.${column}`)
