/** The events of a stream, to its end or until one satisfies. */
export async function collect<Event extends { type: string }>(
  events: AsyncIterable<Event>,
  until: (event: Event) => boolean = () => false,
): Promise<Event[]> {
  const seen: Event[] = []
  for await (const event of events) {
    seen.push(event)
    if (until(event)) break
  }
  return seen
}

/** What a command or a build printed. */
export const outputOf = (events: readonly { type: string; text?: string }[]): string =>
  events.map((event) => (event.type === 'output' ? event.text : '')).join('')
