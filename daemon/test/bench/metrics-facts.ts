/** What metrics-month.ts has made, for who reads it. */
export interface MonthFacts {
  days: number
  apps: number
  /** The rest are copies of whole weeks. */
  livedDays: number
  /** When it was, at its end. */
  endMs: number
  databaseMb: number
  msMeasuringATick: number
  msATick: number
  compactingMsAnHour: number
  longestCompactingMs: number
}

export const benchApps = (count: number): string[] =>
  Array.from({ length: count }, (_, at) => `app${String(at).padStart(9, '0')}`)

export const roundTo2 = (value: number): number => Math.round(value * 100) / 100
