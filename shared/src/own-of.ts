/**
 * What a record has under a name that somebody else has chosen: a process may be called `constructor`,
 * which every object has from elsewhere.
 */
export const ownOf = <Value>(
  record: Readonly<Record<string, Value>>,
  name: string,
): Value | undefined => (Object.hasOwn(record, name) ? record[name] : undefined)
