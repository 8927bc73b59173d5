import { StackImage } from './agent-api.ts'
import { type Dialect, dialectsOf, type Instruction, parseDockerfile } from './dockerfile.ts'
import { type CacheMount, problemsOfCaches, readCacheMount } from './dockerfile-caches.ts'
import { expandWord, jsonWords, splitCsv, splitWords, UNKNOWN } from './dockerfile-words.ts'
import {
  formatImageReference,
  type ImageReference,
  parseImageReference,
  parseStackImageName,
} from './image-reference.ts'
import { ownOf } from './own-of.ts'

export interface DockerfileOrder {
  /** Of the build: they go over the defaults of ARG. */
  buildArguments: Readonly<Record<string, string>>
  architecture: 'amd64' | 'arm64'
}

export interface DockerfileVerdict {
  /** Why it may not be built, one sentence each; empty where it may. */
  problems: string[]
  /** Images of others that it names. */
  images: ImageReference[]
  /** Where it names them. */
  uses: ImageUse[]
  /** Names of its stages. */
  stages: string[]
  caches: CacheMount[]
  /** Prepared images that it names: `{ stack: 'node', version: '26' }`. */
  prepared: StackImage[]
  hasHeredocs: boolean
}

/** A place in the text that names an image of others. */
export interface ImageUse {
  /** What the engine makes of it. */
  name: string
  /** What stands there: `${BASE}`. */
  written: string
  /** The base of a stage, or what `from=` of a flag says. */
  kind: 'base' | 'flag'
  firstLine: number
  lastLine: number
}

interface Findings {
  problems: Set<string>
  uses: Map<string, ImageUse>
  prepared: Map<string, StackImage>
  hasHeredocs: boolean
}

/** Where a step stands. */
interface StepScope {
  stages: readonly (string | undefined)[]
  dialect: Dialect
  /** The stage that it runs in, by number; null for a step that is left to whoever builds on it. */
  stage: number | null
  /** The cache mounts that were found so far. */
  caches: CacheMount[]
}

const MAX_STAGES = 200
/** Never the name of an image of others, and an engine might take it for one of this machine. */
const IMAGE_ID = /^library\/(sha256|[0-9a-f]{12,64})$/
const STAGE_NAME = /^[a-z][a-z0-9_.-]*$/

/** What the engine sets or obeys by itself: given from outside it would name other images than were looked at. */
const STEERS_THE_ENGINE = /^(BUILDKIT_.*|(BUILD|TARGET)(PLATFORM|OS|ARCH|VARIANT)|TARGETSTAGE)$/i

/**
 * What a Dockerfile of somebody may build on: stages of its own, images of others, and the prepared
 * images of Vastrox; never the image of another app, which the engine would find on this machine. It is
 * read in every way that an engine may read it, and what is not understood is not allowed.
 */
export function inspectDockerfile(text: string, order: DockerfileOrder): DockerfileVerdict {
  const found = nothingFound()
  const stages = new Set<string>()
  const caches: CacheMount[] = []
  for (const name of Object.keys(order.buildArguments))
    if (STEERS_THE_ENGINE.test(name))
      found.problems.add(`The build argument ${name} steers the engine itself and cannot be set.`)
  for (const dialect of dialectsOf(text)) {
    const instructions = parseDockerfile(text, dialect)
    caches.push(...inspect(instructions, dialect, order, found))
    for (const name of stagesOf(instructions)) if (name !== undefined) stages.add(name)
  }
  const uses = [...found.uses.values()]
  return {
    problems: [...found.problems],
    images: [...new Set(uses.map(({ name }) => name))].flatMap(
      (name) => parseImageReference(name) ?? [],
    ),
    uses,
    stages: [...stages],
    caches,
    prepared: [...found.prepared.values()],
    hasHeredocs: found.hasHeredocs,
  }
}

const MAX_TRIGGERS = 200
const MAX_TRIGGER_LENGTH = 20_000

/**
 * Steps that an image leaves to whoever builds on it (ONBUILD), as its configuration has them: held to
 * the rules of the Dockerfile that they become part of. Gives what is wrong with them.
 */
export function inspectTriggers(
  triggers: readonly string[],
  { stages, caches: own }: Pick<DockerfileVerdict, 'stages' | 'caches'>,
): { problems: string[]; hasHeredocs: boolean } {
  const found = nothingFound()
  const caches = [...own]
  if (triggers.length > MAX_TRIGGERS) found.problems.add(`There are more than ${MAX_TRIGGERS}.`)
  for (const trigger of triggers.slice(0, MAX_TRIGGERS)) {
    if (/[\n\r]/.test(trigger) || trigger.length > MAX_TRIGGER_LENGTH) {
      found.problems.add(`${show(trigger)} has several lines, or too long a one.`)
      continue
    }
    for (const dialect of dialectsOf(trigger)) {
      const [step, ...more] = parseDockerfile(trigger, dialect)
      if (!step || more.length > 0 || /^(FROM|ONBUILD|MAINTAINER)$/.test(step.keyword))
        found.problems.add(`${show(trigger)} is no step.`)
      else checkTrigger(step, { stages, dialect, caches }, found)
      found.hasHeredocs ||= step?.hasHeredoc === true
    }
  }
  for (const { line, what } of problemsOfCaches(caches)) found.problems.add(at(line, what))
  const problems = [...found.problems].map((problem) => problem.replace(LINE, ''))
  return { problems, hasHeredocs: found.hasHeredocs }
}

const nothingFound = (): Findings => ({
  problems: new Set(),
  uses: new Map(),
  prepared: new Map(),
  hasHeredocs: false,
})

function inspect(
  instructions: readonly Instruction[],
  dialect: Dialect,
  order: DockerfileOrder,
  found: Findings,
): CacheMount[] {
  const stages = stagesOf(instructions)
  const caches: CacheMount[] = []
  const globals = new Map<string, string>(platformArguments(order.architecture))
  let seen = 0
  for (const instruction of instructions) {
    found.hasHeredocs ||= instruction.hasHeredoc
    if (instruction.keyword === 'ARG' && seen === 0)
      readArguments(instruction, { globals, dialect, order })
    if (instruction.keyword === 'FROM') {
      seen += 1
      const earlier = new Set(stages.slice(0, seen - 1).flatMap((name) => name ?? []))
      checkFrom(instruction, { globals, earlier, dialect }, found)
    }
    checkStep(instruction, { stages, dialect, stage: seen, caches }, found)
  }
  for (const { line, what } of problemsOfCaches(caches)) found.problems.add(at(line, what))
  if (stages.length > MAX_STAGES) found.problems.add(`It has more than ${MAX_STAGES} stages.`)
  return caches
}

const stagesOf = (instructions: readonly Instruction[]): (string | undefined)[] =>
  instructions
    .filter(({ keyword }) => keyword === 'FROM')
    .map(({ rest }) => {
      const [, as, name] = rest.trim().split(/[\t\v\f\r ]+/)
      const stage = as?.toUpperCase() === 'AS' ? name?.toLowerCase() : undefined
      return STAGE_NAME.test(stage ?? '') ? stage : undefined
    })

const platformArguments = (architecture: string): [string, string][] =>
  ['BUILD', 'TARGET'].flatMap((kind): [string, string][] => [
    [`${kind}PLATFORM`, `linux/${architecture}`],
    [`${kind}OS`, 'linux'],
    [`${kind}ARCH`, architecture],
    [`${kind}VARIANT`, ''],
  ])

function readArguments(
  { rest }: Instruction,
  {
    globals,
    dialect,
    order,
  }: { globals: Map<string, string>; dialect: Dialect; order: DockerfileOrder },
): void {
  for (const word of splitWords(rest, dialect.escape)) {
    const [written = '', ...value] = word.split('=')
    const name = expandWord(written, () => undefined, dialect.escape) ?? written
    const given = ownOf(order.buildArguments, name)
    const lookUp = (one: string): string | undefined => globals.get(one)
    const fallback =
      value.length === 0
        ? undefined
        : (expandWord(value.join('='), lookUp, dialect.escape) ?? UNKNOWN)
    const chosen = given ?? fallback
    if (chosen === undefined) globals.delete(name)
    else globals.set(name, chosen)
  }
}

function checkFrom(
  { line, lastLine, rest, flags }: Instruction,
  scope: { globals: ReadonlyMap<string, string>; earlier: ReadonlySet<string>; dialect: Dialect },
  found: Findings,
): void {
  const [written = ''] = rest.trim().split(/[\t\v\f\r ]+/)
  const expand = (word: string): string | undefined =>
    expandWord(word, (one) => scope.globals.get(one), scope.dialect.escape)
  for (const flag of flags) checkPlatform(flag, line, { ...scope, expand }, found)
  const name = expand(written)
  if (name !== undefined && (name === 'scratch' || scope.earlier.has(name.toLowerCase()))) return
  checkImage(name, { line, lastLine, order: '', written, kind: 'base' }, found)
}

/** Images of another kind of machine than this one are looked up past all that was decided here. */
function checkPlatform(
  flag: string,
  line: number,
  {
    globals,
    expand,
  }: {
    globals: ReadonlyMap<string, string>
    expand: (word: string) => string | undefined
  },
  found: Findings,
): void {
  const written = /^--platform=(.*)$/is.exec(flag)?.[1]
  if (written === undefined) return
  const own = globals.get('BUILDPLATFORM') ?? ''
  const others =
    own === 'linux/arm64' ? /^(linux\/)?(arm64|aarch64)(\/v8)?$/ : /^(linux\/)?(amd64|x86[_-]64)$/
  const wanted = expand(written)?.toLowerCase() ?? ''
  if (others.test(wanted) || wanted === 'linux' || wanted === '') return
  found.problems.add(
    at(line, `--platform=${show(written)} is not this server's, which is ${own}: leave it out.`),
  )
}

function checkStep(instruction: Instruction, scope: StepScope, found: Findings): void {
  const { keyword, line, rest, flags } = instruction
  if (keyword === 'ONBUILD') {
    const nested = parseDockerfile(rest, scope.dialect)[0]
    if (nested?.keyword === 'ONBUILD')
      found.problems.add(at(line, 'ONBUILD ONBUILD is no instruction.'))
    else if (nested) checkTrigger({ ...nested, line }, scope, found)
    return
  }
  if (!['RUN', 'COPY', 'ADD', 'FROM'].includes(keyword)) return
  for (const [order, flag] of flags.entries())
    checkFlag(flag, { ...instruction, order }, scope, found)
  if (keyword === 'ADD') checkAddresses(line, rest, scope.dialect, found)
}

/** What an image of others that is named only there would be, nobody could look at beforehand. */
function checkTrigger(step: Instruction, scope: Omit<StepScope, 'stage'>, found: Findings): void {
  const own = nothingFound()
  checkStep(step, { ...scope, stage: null }, own)
  for (const problem of own.problems) found.problems.add(problem)
  for (const [name, image] of own.prepared) found.prepared.set(name, image)
  for (const { name } of own.uses.values())
    found.problems.add(
      at(step.line, `ONBUILD takes from the image ${show(name)}: only stages can be named there.`),
    )
}

function checkFlag(
  flag: string,
  { keyword, line, lastLine, order }: Instruction & { order: number },
  { stages, stage, caches }: StepScope,
  found: Findings,
): void {
  const [written = '', ...values] = flag.split('=')
  const name = written.toLowerCase()
  const value = values.join('=')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: anything but ASCII is read differently by engines
  if (/[^\x20-\x7e]/.test(flag))
    found.problems.add(at(line, `${name} has characters beyond ASCII.`))
  if (keyword === 'RUN' && name === '--security' && value !== 'sandbox')
    found.problems.add(at(line, 'RUN --security=insecure would leave the fence of the build.'))
  if (keyword === 'RUN' && name === '--network' && value !== 'default' && value !== 'none')
    found.problems.add(at(line, `RUN --network=${show(value)} would reach the server itself.`))
  if (keyword === 'RUN' && name === '--device')
    found.problems.add(at(line, 'RUN --device: builds have no devices of the server.'))
  if (name === '--from') checkSource(value, { line, lastLine, order: `${order}` }, stages, found)
  if (name !== '--mount') return
  const fields = splitCsv(value).map((field) => {
    const cut = field.indexOf('=')
    return cut === -1
      ? { key: field.trim().toLowerCase(), value: '' }
      : { key: field.slice(0, cut).trim().toLowerCase(), value: field.slice(cut + 1).trim() }
  })
  if (fields.some(({ key, value }) => key === 'type' && value.toLowerCase() === 'ssh'))
    found.problems.add(
      at(
        line,
        'RUN --mount=type=ssh: there is no SSH agent here; name a key in buildEnvKeys and mount it as a secret.',
      ),
    )
  const cache = readCacheMount(fields, { line, stage })
  if (cache) caches.push(cache)
  for (const [field, { key, value }] of fields.entries())
    if (key === 'from')
      checkSource(value, { line, lastLine, order: `${order}.${field}` }, stages, found)
}

/** A stage by its name or number, or an image. The engine expands nothing here. */
function checkSource(
  value: string,
  { line, ...place }: Pick<Instruction, 'line' | 'lastLine'> & { order: string },
  stages: readonly (string | undefined)[],
  found: Findings,
): void {
  if (value.includes('$')) {
    found.problems.add(
      at(
        line,
        `from=${show(value)}: variables are not expanded there; name a stage (FROM … AS name).`,
      ),
    )
    return
  }
  const isNumber = /^\d+$/.test(value)
  if ((isNumber && Number(value) < stages.length) || stages.includes(value.toLowerCase())) return
  checkImage(value, { line, ...place, written: value, kind: 'flag' }, found)
}

function checkImage(
  name: string | undefined,
  {
    line,
    lastLine,
    order,
    written,
    kind,
  }: Pick<Instruction, 'line' | 'lastLine'> &
    Pick<ImageUse, 'written' | 'kind'> & { order: string },
  found: Findings,
): void {
  const reference = name === undefined ? undefined : parseImageReference(name)
  if (!reference || name === undefined) {
    const empty =
      name === ''
        ? ' is empty: give the ARG a default, or set the build argument'
        : ' is not the name of an image'
    found.problems.add(at(line, `${show(written)}${empty}.`))
    return
  }
  const local = asLocal(reference)
  if (local === undefined && IMAGE_ID.test(reference.path)) {
    found.problems.add(at(line, `${show(name)} is the id of an image: name the image instead.`))
    return
  }
  if (local === undefined) {
    found.uses.set(`${line} ${kind}${order} ${written} ${name}`, {
      name,
      written,
      kind,
      firstLine: line,
      lastLine,
    })
    return
  }
  if (!local.path.startsWith('vastrox/')) {
    found.problems.add(
      at(
        line,
        `${show(name)} is the image of an app. A Dockerfile may build on public images and on vastrox/* only.`,
      ),
    )
    return
  }
  const bare = `${local.path}:${local.tag ?? ''}`
  const prepared = StackImage.safeParse(parseStackImageName(bare)).data
  if (prepared && reference.digest === null) found.prepared.set(bare, prepared)
  else if (!/^vastrox\/base:(trixie|bookworm|bullseye)$/.test(bare) || reference.digest !== null)
    found.problems.add(
      at(
        line,
        `There is no ${show(formatImageReference({ ...reference, host: null }))}: name a stack and its version, such as vastrox/node:26.`,
      ),
    )
}

/** Names that the engine looks up on this machine as ours, however they are written; undefined for others'. */
function asLocal({
  host,
  path,
  tag,
}: ImageReference): { path: string; tag: string | null } | undefined {
  const isDefault = host === null || host === 'docker.io' || host === 'index.docker.io'
  return isDefault && /^vastrox(-[^/]*)?\//.test(path) ? { path, tag } : undefined
}

/** ADD of an address is fetched by the engine, in the network of the server, where no fence is. */
function checkAddresses(line: number, rest: string, { escape }: Dialect, found: Findings): void {
  const words = jsonWords(rest) ?? rest.trim().split(/[\t\v\f\r ]+/)
  for (const written of words.slice(0, -1)) {
    const word = expandWord(written, () => UNKNOWN, escape)
    const isAddress = word !== undefined && /^[a-z][a-z0-9+.-]*:\/\/|^[^/\s]+@[^/\s]+:/i.test(word)
    const isOpen = word === undefined || /^[^/]*\uE000/.test(word)
    if (isAddress)
      found.problems.add(
        at(
          line,
          `ADD ${show(written)} would be fetched by the engine, from inside of the server. Fetch it in a step: RUN curl -fsSLO ….`,
        ),
      )
    else if (isOpen && !written.startsWith('<<'))
      found.problems.add(
        at(line, `ADD ${show(written)} may become an address: begin it with ./, or use COPY.`),
      )
  }
}

const at = (line: number, what: string): string => `Line ${line} of the Dockerfile: ${what}`
const LINE = /^Line \d+ of the Dockerfile: /

const show = (text: string): string => text.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 120)
