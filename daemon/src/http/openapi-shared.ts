type Json = Record<string, unknown>

/** An answer that so many operations have is written once. */
const LEAST = 20

/**
 * Takes failures that many operations answer alike out of the operations, and gives them under names
 * of their own: `components.responses`. Without it the document is twice as long.
 */
export function shareAnswers(paths: Record<string, Json>): Json {
  const operations = Object.values(paths).flatMap((methods) => Object.values(methods).map(asJson))
  const texts = operations.flatMap((operation) => problemsIn(operation).map(([, text]) => text))
  const often = new Map<string, string>(
    [...Map.groupBy(texts, (text) => text)]
      .filter(([, same]) => same.length >= LEAST)
      .map(([text]) => [text, '']),
  )
  const shared: Json = {}
  for (const text of often.keys()) {
    const name = nameFor(text, shared)
    shared[name] = JSON.parse(text)
    often.set(text, name)
  }
  for (const operation of operations) {
    const responses = asJson(operation['responses'])
    for (const [status, text] of problemsIn(operation)) {
      const name = often.get(text)
      if (name !== undefined) responses[status] = { $ref: `#/components/responses/${name}` }
    }
  }
  return shared
}

const problemsIn = (operation: Json): [status: string, text: string][] =>
  Object.entries(asJson(operation['responses']))
    .filter(([status]) => Number(status) >= 400)
    .map(([status, answer]) => [status, JSON.stringify(answer)])

/** By its first code: `NotSignedIn`, and with a number where another one begins alike. */
function nameFor(text: string, taken: Json): string {
  const code = /`([A-Z_]+)`/.exec(text)?.[1] ?? 'PROBLEM'
  const name = code
    .toLowerCase()
    .split('_')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')
  let count = 1
  while (`${name}${count === 1 ? '' : count}` in taken) count += 1
  return `${name}${count === 1 ? '' : count}`
}

/** The very object, so that what is written into it is written into the document. */
const asJson = (value: unknown): Json => (isJson(value) ? value : {})

const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null
