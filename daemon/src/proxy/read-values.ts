/** Checks by hand for what a worker reads: zod costs it 4 MB (decision 30). Each throws what is wrong. */

const wrong = (name: string): Error => new Error(`${name} is missing or of the wrong kind`)

/** Not copied: 10,000 routes are 30,000 records. */
export function record(value: unknown, name: string): Record<string, unknown> {
  if (!isRecord(value)) throw wrong(name)
  return value
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export function list<T>(
  value: unknown,
  name: string,
  read: (entry: unknown, name: string) => T,
): T[] {
  if (!Array.isArray(value)) throw wrong(name)
  return value.map((entry: unknown) => read(entry, name))
}

export function string(value: unknown, name: string): string {
  if (typeof value !== 'string') throw wrong(name)
  return value
}

export function int(value: unknown, name: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw wrong(name)
  return value
}

export function number(value: unknown, name: string): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw wrong(name)
  return value
}

export function boolean(value: unknown, name: string): boolean {
  if (typeof value !== 'boolean') throw wrong(name)
  return value
}
