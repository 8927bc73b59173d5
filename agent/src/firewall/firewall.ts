import type {
  AppliedFirewall,
  FirewallInput,
  FirewallOutput,
  FirewallPreview,
  FirewallReading,
} from '@vastrox/shared/agent-api-firewall.ts'
import { CodedError, sayError } from '@vastrox/shared/errors.ts'
import { FIRST_FIREWALL_STATE, type FirewallState } from '@vastrox/shared/firewall-rule.ts'
import type { InstallationConfig } from '@vastrox/shared/installation.ts'
import type { Engine } from '#agent/engine/engine.ts'
import { readOwnAddresses } from '#agent/exposure/own-addresses.ts'
import { armGuard, isGuarded } from '#agent/firewall/arm-guard.ts'
import { banText, changeBans } from '#agent/firewall/bans.ts'
import { watchEngine } from '#agent/firewall/engine-changes.ts'
import { createExceptions } from '#agent/firewall/exceptions.ts'
import type { Facts } from '#agent/firewall/facts.ts'
import { gatherEngine, gatherLocal, gatherSsh } from '#agent/firewall/gather-facts.ts'
import {
  bootId,
  type Kept,
  networkNamespace,
  openKeptFiles,
  type Reverted,
} from '#agent/firewall/kept-files.ts'
import { joinPorts } from '#agent/firewall/load-kept.ts'
import { tableOf } from '#agent/firewall/names.ts'
import { checkRuleset, hasTable, listTables, loadRuleset } from '#agent/firewall/nft.ts'
import { findOthers } from '#agent/firewall/others.ts'
import { closesAnything } from '#agent/firewall/reach.ts'
import { isOver, type LoadedException } from '#agent/firewall/loaded-exception.ts'
import type { LoadedPort } from '#agent/firewall/loaded-port.ts'
import { createRawPorts } from '#agent/firewall/raw-ports.ts'
import { rulesetOf } from '#agent/firewall/ruleset.ts'
import { watchTable } from '#agent/firewall/table-watch.ts'
import { createTallies } from '#agent/firewall/tallies.ts'
import { log } from '#agent/node/log.ts'

interface Deps {
  /** `<data>/agent/firewall` */
  directory: string
  config: InstallationConfig
  engine: Engine
  env: NodeJS.ProcessEnv
}

export interface Known {
  generation: number
  state: FirewallState
  facts: Facts
  isLoaded: boolean
  /** What the kernel was given last, bans apart; undefined where that is not known. */
  text: string | undefined
}

/** Facts change without telling: a resolver by DHCP, an sshd that was moved. */
const LOOK_EVERY_MS = 60_000
/** Others flush the whole ruleset, as Debian's nftables.service does when it is restarted. */
const STANDS_EVERY_MS = 10_000
/** After the guard's time; it only finds something to do where the guard was killed. */
const AFTER_GUARD_MS = 1_500

/**
 * The firewall of this node. One thing at a time; what is on disk is the truth, the kernel's table
 * follows, and the guard may change both behind our back.
 */
export function createFirewall({ directory, config, engine, env }: Deps) {
  const { instance } = config
  const files = openKeptFiles(directory)
  const table = tableOf(instance)
  const tallies = createTallies(table, () => new Date())
  const exceptions = createExceptions({
    files,
    onOver: () => void inTurn(() => keepExceptions(exceptions.all())).catch(report),
  })
  const leadsElse = (): boolean => exceptions.all().length > 0
  const rawPorts = createRawPorts({ files, instance, table, leadsElse })
  let problem: string | null = null
  let facts: Facts | undefined
  /** What the kernel has, as far as we know; bans apart. */
  let loaded: { generation: number; text: string } | undefined
  let building: Facts['building'] = null
  let watching: AbortController | undefined
  let queue: Promise<unknown> = Promise.resolve()

  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const result = queue.then(work)
    queue = result.catch(() => undefined)
    return result
  }

  async function current(): Promise<Pick<Kept, 'generation' | 'state'> & { pending?: Kept }> {
    const [pending, confirmed] = await Promise.all([files.pending(), files.confirmed()])
    if (pending) return { ...pending, pending }
    return confirmed ?? { generation: 0, state: FIRST_FIREWALL_STATE }
  }

  /** What is known anew, and what was known where it cannot be asked now. */
  async function gather(isNew: boolean): Promise<Facts> {
    const local = await gatherLocal(instance, config, env, { askNames: true })
    const ssh = await gatherSsh()
    const before = facts ?? local
    const ofEngine = await gatherEngine(engine, instance).catch(() => ({
      containerBridges: before.containerBridges,
      appBridges: before.appBridges,
      addonBridges: before.addonBridges,
      buildBridge: before.buildBridge,
      neighbours: before.neighbours,
    }))
    return {
      ...local,
      ...ofEngine,
      sshPorts: joinPorts(isNew ? [] : before.sshPorts, ssh.sshPorts),
      operators: isNew ? ssh.operators : before.operators,
      building,
      ports: [...rawPorts.all()],
      exceptions: exceptions.all(),
    }
  }

  async function load(generation: number, state: FirewallState, now: Facts): Promise<void> {
    const text = rulesetOf(state, now)
    if (loaded?.generation === generation && loaded.text === text) return
    if (loaded) await Promise.all([tallies.keep(), rawPorts.keepTallies()]).catch(() => undefined)
    await loadRuleset(rulesetOf(state, now, await files.bans()))
    facts = now
    loaded = { generation, text }
    problem = null
    await keepText(generation, state, now)
  }

  /** What a boot loads before there is an agent knows where sshd is by now, too. */
  async function keepText(generation: number, state: FirewallState, now: Facts): Promise<void> {
    const confirmed = await files.confirmed()
    // Before anything was confirmed there is nothing to keep but the ports of apps.
    const isNothing = now.ports.length === 0 && now.exceptions.length === 0
    if (confirmed ? confirmed.generation !== generation : isNothing) return
    const text = rulesetOf(state, { ...now, building: null })
    if (text === (await files.confirmedText())) return
    await files.writeConfirmedText(text).catch((error: unknown) => {
      // The rules hold all the same, and the text of before is still there.
      log('firewall.text-not-kept', { reason: sayError(error) })
    })
  }

  async function loadCurrent(isNew: boolean): Promise<void> {
    const { generation, state } = await current()
    await load(generation, state, await gather(isNew))
  }

  const takeBack = async (generation: number, because: Reverted['because']): Promise<void> => {
    if (await files.takeBack({ generation, at: new Date().toISOString(), because }))
      log('firewall.reverted', { generation, because })
  }

  async function nextGeneration(): Promise<number> {
    const [{ generation }, confirmed, reverted] = await Promise.all([
      current(),
      files.confirmed(),
      files.reverted(),
    ])
    return Math.max(generation, confirmed?.generation ?? 0, reverted?.generation ?? 0) + 1
  }

  /** A change still waits only on the same start of the machine, with its rules in the kernel, in its time. */
  async function stillWaits({ boot, namespace, until }: Kept): Promise<Reverted['because'] | true> {
    if (boot !== bootId() || namespace !== networkNamespace()) return 'reboot'
    if (!(await hasTable(table))) return 'reboot'
    return Date.parse(until ?? '') > Date.now() || 'not-confirmed'
  }

  /** Where the guard was killed, its work is ours; where it did it, the kernel has other rules than we think. */
  function settleAfter({ generation, until }: Kept): void {
    const waitMs = Date.parse(until ?? '') - Date.now() + AFTER_GUARD_MS
    setTimeout(() => {
      inTurn(async () => {
        const pending = await files.pending()
        if (pending?.generation === generation) await takeBack(generation, 'not-confirmed')
        if ((await current()).generation === generation) return
        loaded = undefined
        await loadCurrent(false)
      }).catch(report)
    }, waitMs).unref()
  }

  const report = (error: unknown): void => {
    problem = sayError(error)
    log('firewall.failed', { reason: problem })
  }

  /** Only what is enforced has to follow what comes and goes. */
  function follow(mode: FirewallState['mode']): void {
    if (mode === 'observe') {
      watching?.abort()
      watching = undefined
      return
    }
    if (watching) return
    watching = new AbortController()
    void watchEngine(engine, () => refresh().catch(report), watching.signal)
    void watchTable(table, () => void inTurn(standUp).catch(report), watching.signal)
  }

  const refresh = (): Promise<void> => inTurn(() => loadCurrent(false))

  /** Puts our table back where somebody has thrown it away. */
  async function standUp(): Promise<void> {
    if (loaded === undefined || (await hasTable(table))) return
    log('firewall.gone', { table })
    loaded = undefined
    const { generation, state } = await current()
    // What is known goes first: to ask the engine anew takes its time.
    if (facts) await load(generation, state, facts)
    await loadCurrent(false)
  }

  /** An agent that cannot read what was confirmed still loads its text, rather than leave the machine open. */
  async function loadLastText(error: unknown): Promise<void> {
    report(error)
    const text = await files.confirmedText()
    if (text === undefined || (await hasTable(table))) return
    await loadRuleset(text)
    log('firewall.text-loaded')
  }

  async function keptOf(state: FirewallState, now: Facts, confirmWithinMs: number): Promise<Kept> {
    const at = Date.now()
    return {
      generation: await nextGeneration(),
      state,
      facts: { ...now, building: null, ports: [], exceptions: [] },
      appliedAt: new Date(at).toISOString(),
      until: confirmWithinMs === 0 ? null : new Date(at + confirmWithinMs).toISOString(),
      confirmWithinMs,
      boot: bootId(),
      namespace: networkNamespace(),
    }
  }

  /** Until something waiting is confirmed, what counts as open is what was confirmed. */
  async function confirmedBefore(now: Facts): Promise<{ state: FirewallState; facts: Facts }> {
    const confirmed = await files.confirmed()
    return {
      state: confirmed?.state ?? FIRST_FIREWALL_STATE,
      facts: { ...now, operators: confirmed?.facts.operators ?? [] },
    }
  }

  return {
    /** The first thing that an agent does: the confirmed rules are in the kernel before anything else of ours. */
    start: (): Promise<void> =>
      inTurn(async () => {
        await rawPorts.open()
        await exceptions.open()
        const waiting = await files.pending()
        if (waiting) {
          const waits = await stillWaits(waiting)
          if (waits !== true) await takeBack(waiting.generation, waits)
        }
        const { generation, state, pending } = await current()
        const known = pending ?? (await files.confirmed())
        const local = await gatherLocal(instance, config, env, { askNames: false })
        const now = { ...known?.facts, ...local }
        facts = known
          ? {
              ...now,
              sshPorts: joinPorts(known.facts.sshPorts, (await gatherSsh()).sshPorts),
              operators: known.facts.operators,
              containerBridges: known.facts.containerBridges,
              appBridges: known.facts.appBridges,
              addonBridges: known.facts.addonBridges,
              buildBridge: known.facts.buildBridge,
              proxies: known.facts.proxies,
              ports: [...rawPorts.all()],
              exceptions: exceptions.all(),
            }
          : { ...local, ports: [...rawPorts.all()], exceptions: exceptions.all() }
        if (pending) {
          // Before all else: where no guard can be started it is the agent that takes it back.
          settleAfter(pending)
          if (!(await isGuarded(files, generation))) await armGuard(files, instance, generation)
        }
        await load(generation, state, facts)
        follow(state.mode)
      })
        .catch(loadLastText)
        .catch(report),

    /** Once the engine can be asked; and from time to time from then on. */
    async follow(signal: AbortSignal): Promise<void> {
      await refresh().catch(report)
      await rawPorts.standUp()
      let turn = 0
      const timers = [
        setInterval(() => {
          if (watching) refresh().catch(report)
          void rawPorts.standUp()
        }, LOOK_EVERY_MS),
        setInterval(() => {
          turn += 1
          if (watching || turn % 6 === 0) inTurn(standUp).catch(report)
        }, STANDS_EVERY_MS),
      ]
      for (const timer of timers) timer.unref()
      signal.addEventListener('abort', () => {
        for (const timer of timers) clearInterval(timer)
        watching?.abort()
      })
    },

    /** Something was made that rules may be about, such as the bridge of an app. */
    async changed(): Promise<void> {
      if (watching) await refresh()
    },

    /**
     * While an app is built the engine's own bridge is fenced for it, also from the middle on where that
     * is only then asked for. Throws when that cannot be done.
     */
    async whileBuilding<Result>(appId: string, work: () => Promise<Result>): Promise<Result> {
      building = { appId }
      try {
        if (watching) await refresh()
        return await work()
      } finally {
        building = null
        if (watching) await refresh().catch(report)
      }
    },

    preview: ({ state }: FirewallInput<'preview-firewall'>): Promise<FirewallPreview> =>
      inTurn(async () => {
        const { effectsOf, warningsOf, whatAnswers } = await import('#agent/firewall/preview.ts')
        const now = new Date()
        const after = { state, facts: await gather(true), now }
        const before = { state: (await current()).state, facts: after.facts, now }
        const confirmed = { ...(await confirmedBefore(after.facts)), now }
        const [answering, tables] = await Promise.all([whatAnswers(engine), listTables()])
        return {
          text: rulesetOf(state, after.facts, await files.bans()),
          effects: effectsOf(answering, before, after),
          closes: closesAnything(confirmed, after),
          warnings: warningsOf(after, await findOthers(tables)),
        }
      }),

    apply: ({
      state,
      confirmWithinMs,
    }: FirewallInput<'apply-firewall'>): Promise<AppliedFirewall> =>
      inTurn(async () => {
        const now = await gather(true)
        const confirmed = await confirmedBefore(now)
        const at = { now: new Date() }
        if (
          confirmWithinMs === 0 &&
          closesAnything({ ...confirmed, ...at }, { state, facts: now, ...at })
        )
          throw new CodedError('FIREWALL_CONFIRM_NEEDED')
        const text = rulesetOf(state, now, await files.bans())
        const kept = await keptOf(state, now, confirmWithinMs)
        const { generation } = kept
        if (kept.until === null) {
          await checkRuleset(text)
          await load(generation, state, now)
          await files.writeConfirmed(kept)
          await files.writeConfirmedText(text)
          await files.forgetPending()
        } else {
          await files.writePending(kept)
          try {
            await Promise.all([checkRuleset(text), armGuard(files, instance, generation)])
            await load(generation, state, now)
          } catch (error) {
            await takeBack(generation, 'asked-for')
            loaded = undefined
            await loadCurrent(false).catch(report)
            throw error
          }
          settleAfter(kept)
        }
        follow(state.mode)
        log('firewall.applied', { generation, mode: state.mode, until: kept.until })
        return { generation, pendingUntil: kept.until }
      }),

    confirm: ({ generation }: FirewallInput<'confirm-firewall'>): Promise<Record<string, never>> =>
      inTurn(async () => {
        if ((await files.confirmed())?.generation === generation) return {}
        const pending = await files.pending()
        const isInTime = pending?.until ? Date.parse(pending.until) > Date.now() : false
        if (pending?.generation !== generation || !isInTime || !(await files.confirm(generation)))
          throw new CodedError('FIREWALL_NOT_PENDING', { generation })
        const now = {
          ...pending.facts,
          ports: [...rawPorts.all()],
          exceptions: exceptions.all(),
        }
        await files.writeConfirmedText(rulesetOf(pending.state, now))
        log('firewall.confirmed', { generation })
        return {}
      }),

    revert: (): Promise<FirewallOutput<'revert-firewall'>> =>
      inTurn(async () => {
        const pending = await files.pending()
        if (pending) {
          await takeBack(pending.generation, 'asked-for')
          loaded = undefined
          await loadCurrent(false)
        }
        const { generation, state } = await current()
        follow(state.mode)
        return { generation }
      }),

    read: (): Promise<FirewallReading> =>
      inTurn(async () => {
        const { generation, state, pending } = await current()
        if (loaded && loaded.generation !== generation) loaded = undefined
        await standUp().catch(report)
        const [confirmed, reverted, bans] = await Promise.all([
          files.confirmed(),
          files.reverted(),
          files.bans(),
        ])
        const seen = await look(new Set(state.rules.map(({ id }) => id)))
        return {
          problem: seen.problem ?? problem,
          mode: state.mode,
          confirmedGeneration: confirmed?.generation ?? 0,
          pending: pending?.until ? { generation, until: pending.until } : null,
          reverted: reverted ?? null,
          counters: seen.counters,
          wouldDrop: seen.wouldDrop,
          bans: bans.filter(({ until }) => Date.parse(until) > Date.now()),
          others: await findOthers(seen.tables),
          tables: seen.tables.filter((name) => name !== `inet ${table}`),
        }
      }),

    /** What counts now, for whoever says what it does; `isLoaded` false: it is not in the kernel. */
    known: (): Promise<Known> =>
      inTurn(async () => {
        const { generation, state } = await current()
        const tables: string[] = await listTables().catch(() => [])
        return {
          generation,
          state,
          facts: facts ?? (await gather(false)),
          isLoaded: tables.includes(`inet ${table}`),
          text: loaded?.generation === generation ? loaded.text : undefined,
        }
      }),

    /** The raw ports of apps, all of them: in force, and kept, when it resolves. */
    keepPorts: (
      choose: (known: Facts) => { ports: LoadedPort[]; problem: string | undefined },
    ): Promise<void> =>
      inTurn(async () => {
        const { generation, state } = await current()
        const known = facts ?? (await gather(false))
        const { ports, problem: wrong } = choose(known)
        const before = [...rawPorts.all()]
        const now = { ...known, ports }
        // What the kernel would refuse must not be kept: no change of the firewall could be loaded any more.
        await checkRuleset(rulesetOf(state, now, await files.bans()))
        await rawPorts.keep(ports, wrong)
        await load(generation, state, now)
        await rawPorts.settle(before)
      }),

    /** The raw ports that were kept. */
    ports: rawPorts.all,

    /** Those that last. */
    exceptions: exceptions.all,

    /** The ways in to add-ons, all of them: in force, and kept, when it resolves. */
    keepExceptions: (next: readonly LoadedException[]): Promise<void> =>
      inTurn(() => keepExceptions(next)),

    readPorts: () => inTurn(() => rawPorts.read()),

    /** Of this machine, with whoever is signed in now. */
    facts: (): Promise<Facts> => inTurn(() => gather(true)),

    changeBans: (change: FirewallInput<'change-bans'>): Promise<FirewallOutput<'change-bans'>> =>
      inTurn(async () => {
        const { state } = await current()
        const now = facts ?? (await gather(true))
        // Whoever has signed in since the rules were made would be cut off in the middle.
        const operators = change.add.length === 0 ? [] : (await gatherSsh()).operators
        const known = {
          state,
          facts: { ...now, operators: [...now.operators, ...operators] },
          own: readOwnAddresses(),
          now: new Date(),
        }
        const changed = changeBans(await files.bans(), change, known)
        await files.writeBans(changed.bans)
        if (changed.added.length + changed.removed.length > 0)
          await loadRuleset(banText(table, changed, known.now))
        return { refused: changed.refused }
      }),
  }

  async function keepExceptions(next: readonly LoadedException[]): Promise<void> {
    const { generation, state } = await current()
    const lasting = next.filter((each) => !isOver(each, new Date()))
    const now = { ...(facts ?? (await gather(false))), exceptions: lasting }
    await checkRuleset(rulesetOf(state, now, await files.bans()))
    await exceptions.keep(lasting)
    await load(generation, state, now)
    await exceptions.settle(lasting)
    await rawPorts.forward()
  }

  /** What the kernel says. Where it has none of our rules that is a problem, not an error. */
  async function look(ruleIds: ReadonlySet<string>) {
    try {
      const tables = await listTables()
      if (!tables.includes(`inet ${table}`))
        return {
          problem: problem ?? 'The rules are not in the kernel: somebody removed our table.',
          counters: [],
          wouldDrop: [],
          tables,
        }
      return { problem: null, tables, ...(await tallies.totals(ruleIds)) }
    } catch (error) {
      return { problem: sayError(error), counters: [], wouldDrop: [], tables: [] }
    }
  }
}
export type Firewall = ReturnType<typeof createFirewall>
