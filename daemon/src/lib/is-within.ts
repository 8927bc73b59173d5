/** Whether so long has not passed yet since then; never where the clock was set back meanwhile (rule R11). */
export const isWithin = (since: number, now: number, ms: number): boolean =>
  since <= now && now - since < ms
