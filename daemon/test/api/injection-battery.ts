import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CreateToken } from '@vastrox/shared/token.ts'
import { z } from 'zod'
import {
  asObject,
  type Field,
  type Operation,
  operationsOf,
  requestOf,
} from '#test/api/operations.ts'
import { PAYLOADS, RAW_BODIES } from '#test/api/payloads.ts'
import { createFullServer, type FullServer } from '#test/full-server.ts'

type Json = Record<string, unknown>

interface Options {
  /** How many payloads each field gets, picked by the seed; all where it is left out. */
  each?: number
  seed?: number
}

export interface Outcome {
  requests: number
  fields: number
  /** What went wrong, in one line each. */
  findings: string[]
}

const CANARY = '/tmp/vastrox-owned'
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const
/** Said of what lies outside, which is not there in this world. */
const OUTSIDE = /_UNREACHABLE|_UNAVAILABLE|DNS_PROVIDER_FAILED|GIT_BUSY|DISK_/

/**
 * Every string of every operation of the OpenAPI document, filled with what would do something if
 * anybody took it for more than text, against the real server over a real database.
 */
export async function runInjectionBattery({ each, seed = 7 }: Options = {}): Promise<Outcome> {
  const outside = mkdtempSync(join(tmpdir(), 'vastrox-canary-'))
  const server = await createFullServer({ uploadsFolder: join(outside, 'uploads') })
  try {
    server.addApp('blog')
    const { tokens, rootActor } = server.access
    const { token } = tokens.create(rootActor(), CreateToken.parse({ name: 'battery' }))
    const outcome = await attack(server, `Bearer ${token}`, picker(each, seed))
    if (existsSync(CANARY)) outcome.findings.push(`${CANARY} was made`)
    const made = readdirSync(outside).filter((name) => name !== 'uploads')
    if (made.length > 0) outcome.findings.push(`files were made outside: ${made.join(', ')}`)
    const bugs = server.problems.filter((text) => !OUTSIDE.test(text))
    outcome.findings.push(...bugs.slice(0, 20).map((text) => `reported: ${text.slice(0, 300)}`))
    return outcome
  } finally {
    await server.fastify.close()
    rmSync(outside, { recursive: true, force: true })
  }
}

async function attack(
  server: FullServer,
  authorization: string,
  pick: <Item>(items: readonly Item[]) => readonly Item[],
): Promise<Outcome> {
  const outcome: Outcome = { requests: 0, fields: 0, findings: [] }
  const document = (await server.fastify.inject('/api/v1/openapi.json')).json()
  const found = new Set<string>()

  async function send(
    operation: Operation,
    said: string,
    url: string,
    body?: string,
  ): Promise<Json> {
    outcome.requests += 1
    // The limits of a minute are not what is tried here.
    if (outcome.requests % 500 === 0) server.clock.jump(61_000)
    const method = METHODS.find((known) => known === operation.method) ?? 'GET'
    const reply = await server.fastify.inject({
      method,
      url,
      headers: {
        authorization,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body }),
      payloadAsStream: true,
    })
    if (String(reply.headers['content-type']).startsWith('text/event-stream')) {
      reply.stream().destroy()
      return {}
    }
    const text = Buffer.concat(await reply.stream().toArray()).toString()
    const json = parsed(text)
    const { statusCode: status } = reply
    const code = status >= 400 ? ErrorBody.safeParse(json).data?.error.code : undefined
    const answer = code === undefined ? String(status) : `${status} ${code}`
    const isBug = (status >= 500 && !(code && OUTSIDE.test(code))) || (status >= 400 && !code)
    const isUnknown = !operation.answers.has(answer) && status !== 404
    const finding = `${operation.name}: ${answer}${isBug ? ' is a bug' : ' is not in the document'}`
    if ((isBug || isUnknown) && !found.has(finding)) {
      found.add(finding)
      outcome.findings.push(`${finding}; ${said}; ${text.slice(0, 200)}`)
    }
    return status < 300 && typeof json === 'object' && json !== null ? { ...json } : {}
  }

  for (const operation of operationsOf(document)) {
    for (const field of fieldsOf(operation)) {
      outcome.fields += 1
      for (const payload of pick(PAYLOADS)) {
        const { url, body } = requestOf(operation, field, payload)
        const said = `${JSON.stringify(field)} = ${JSON.stringify(payload).slice(0, 60)}`
        const reply = await send(operation, said, url, body)
        const back = field.place === 'body' ? at(reply, field.keys) : undefined
        if (typeof back !== 'string' || isSameText(back, payload)) continue
        const finding = `${operation.name}: ${field.place === 'body' ? field.keys.join('.') : ''} does not come back as it was given`
        if (!found.has(finding))
          outcome.findings.push(`${finding}: ${said} gave ${JSON.stringify(back).slice(0, 80)}`)
        found.add(finding)
      }
    }
    if (operation.body === undefined) continue
    const { url } = requestOf(operation, undefined, '')
    for (const raw of pick(RAW_BODIES)) await send(operation, `body ${raw.slice(0, 60)}`, url, raw)
  }
  return outcome
}

const ErrorBody = z.object({
  error: z.object({ code: z.string(), message: z.string().min(1), hint: z.string().optional() }),
})

/** Names are folded and trimmed where they are no text of people: nothing else may change. */
const isSameText = (back: string, given: string): boolean =>
  [given, given.trim(), given.toLowerCase(), given.trim().toLowerCase()].includes(back)

function fieldsOf({ params, body }: Operation): Field[] {
  const ofParams = params.map(
    ({ name, place }): Field => ({
      place: place === 'path' ? 'path' : 'query',
      name,
    }),
  )
  return [...ofParams, ...stringsIn(body).map((keys): Field => ({ place: 'body', keys }))]
}

/** Where the strings of an example are; an empty record gets one of its own. */
function stringsIn(value: unknown, keys: readonly string[] = []): (readonly string[])[] {
  if (typeof value === 'string') return [keys]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, part]) => stringsIn(part, [...keys, key]))
}

const at = (value: unknown, keys: readonly string[]): unknown =>
  keys.reduce<unknown>(
    (part, key) => (Array.isArray(part) ? part[Number(key)] : asObject(part)[key]),
    value,
  )

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // No JSON: an answer that fails so is a finding.
    return undefined
  }
}

/** A few of each list, others each time, the same in every run (mulberry32). */
function picker(each: number | undefined, seed: number) {
  let state = seed
  const random = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  return <Item>(items: readonly Item[]): readonly Item[] =>
    each === undefined
      ? items
      : Array.from({ length: each }, () => items[Math.floor(random() * items.length)]).filter(
          (item) => item !== undefined,
        )
}
