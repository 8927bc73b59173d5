import { dialectsOf, type Instruction, parseDockerfile } from './dockerfile.ts'
import { ownOf } from './own-of.ts'
import { expandWord, jsonWords, splitWords } from './dockerfile-words.ts'

/** What the stage that is built says about itself. */
export interface FinalStage {
  name: string | null
  /** TCP ports of EXPOSE, in the order of the file. */
  ports: number[]
  /** PORT of ENV. */
  envPort: number | null
  hasCommand: boolean
  /** As people write it: `node server.js`. */
  command: string | null
  healthcheck: string | null
  /** The base of the stage, as it is written. */
  base: string
}

const MAX_PORTS = 50

/** Reads the last stage, or the one of that name; undefined where there is none. */
export function readFinalStage(
  text: string,
  target: string | null,
  buildArguments: Readonly<Record<string, string>>,
): FinalStage | undefined {
  const [dialect = { escape: '\\' as const, doubledContinues: true }] = dialectsOf(text)
  const instructions = parseDockerfile(text, dialect)
  const starts = instructions.flatMap(({ keyword }, at) => (keyword === 'FROM' ? [at] : []))
  const names = starts.map((at) => nameOf(instructions[at]))
  const index = target === null ? starts.length - 1 : names.lastIndexOf(target.toLowerCase())
  const begin = starts[index]
  if (begin === undefined) return undefined
  const chain = chainOf(instructions, starts, names, index)
  const variables = new Map<string, string>()
  const lookUp = (name: string): string | undefined => variables.get(name)
  const stage: FinalStage = {
    name: names[index] ?? null,
    ports: [],
    envPort: null,
    hasCommand: false,
    command: null,
    healthcheck: null,
    base: instructions[begin]?.rest.trim().split(/\s+/)[0] ?? '',
  }
  let entrypoint: string | null = null
  let cmd: string | null = null
  for (const { keyword, rest } of [...instructions.slice(0, starts[0]), ...chain]) {
    if (keyword === 'ARG' || keyword === 'ENV')
      for (const [name, value] of pairsOf(rest, keyword, dialect.escape)) {
        const given = keyword === 'ARG' ? ownOf(buildArguments, name) : undefined
        const known =
          given ?? (value === undefined ? lookUp(name) : expandWord(value, lookUp, dialect.escape))
        if (known !== undefined) variables.set(name, known)
        if (keyword === 'ENV' && name === 'PORT') stage.envPort = asPort(known ?? '') ?? null
      }
    if (keyword === 'EXPOSE')
      for (const word of splitWords(rest, dialect.escape)) {
        const port = asPort(expandWord(word, lookUp, dialect.escape) ?? '')
        if (port !== undefined && stage.ports.length < MAX_PORTS) stage.ports.push(port)
      }
    if (keyword === 'ENTRYPOINT') {
      entrypoint = asLine(rest)
      cmd = null
    }
    if (keyword === 'CMD') cmd = asLine(rest)
    if (keyword === 'HEALTHCHECK') stage.healthcheck = /^\s*NONE\b/i.test(rest) ? null : rest.trim()
  }
  const command = [entrypoint, cmd].filter((one) => one !== null && one !== '').join(' ')
  return { ...stage, hasCommand: command !== '', command: command === '' ? null : command }
}

/** The stage and the stages that it is built on, the lowest first. */
function chainOf(
  instructions: readonly Instruction[],
  starts: readonly number[],
  names: readonly (string | undefined)[],
  index: number,
): Instruction[] {
  const chain: Instruction[][] = []
  for (let at: number | undefined = index; at !== undefined && at >= 0; ) {
    const begin: number = starts[at] ?? 0
    chain.unshift(instructions.slice(begin + 1, starts[at + 1] ?? instructions.length))
    const base: string = instructions[begin]?.rest.trim().split(/\s+/)[0]?.toLowerCase() ?? ''
    const below: number = names.slice(0, at).lastIndexOf(base)
    at = below === -1 ? undefined : below
  }
  return chain.flat()
}

function nameOf(instruction: Instruction | undefined): string | undefined {
  const [, as, name] = instruction?.rest.trim().split(/\s+/) ?? []
  return as?.toUpperCase() === 'AS' ? name?.toLowerCase() : undefined
}

/** `A=1 B="two"`, and the old form `ENV A 1`. */
function pairsOf(rest: string, keyword: string, escape: string): [string, string | undefined][] {
  const words = splitWords(rest, escape)
  const [first = ''] = words
  if (keyword === 'ENV' && !first.includes('='))
    return [[first, rest.trim().slice(first.length).trim()]]
  return words.map((word) => {
    const cut = word.indexOf('=')
    return cut === -1 ? [word, undefined] : [word.slice(0, cut), word.slice(cut + 1)]
  })
}

/** `8080`, `8080/tcp`, `8000-8010` (its first). */
function asPort(text: string): number | undefined {
  const port = Number(/^(\d{1,5})(?:-\d{1,5})?(?:\/tcp)?$/i.exec(text)?.[1])
  return port > 0 && port < 65_536 ? port : undefined
}

const asLine = (rest: string): string => (jsonWords(rest) ?? [rest.trim()]).join(' ')
