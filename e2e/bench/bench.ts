import { connectInstallation } from '#support/installation.ts'
import { benchBackups } from './backups.ts'
import { benchConformance } from './conformance.ts'
import { benchDashboard } from './dashboard.ts'
import { benchDeploy } from './deploy.ts'
import { benchDeployStack } from './deploy-stack.ts'
import { benchFaults } from './faults.ts'
import { benchHandshakes } from './handshakes.ts'
import { benchHostile } from './hostile.ts'
import { benchIdle, idleTable } from './idle.ts'
import { benchImages } from './images.ts'
import { benchLargePush } from './large-push.ts'
import { benchLogs } from './logs.ts'
import { benchLogsWhole } from './logs-whole.ts'
import { benchMetrics } from './metrics.ts'
import { benchNeighbour } from './neighbour.ts'
import { benchProxy } from './proxy.ts'
import { benchReboot } from './reboot.ts'
import { benchSleep } from './sleep.ts'
import { benchReplace } from './replace.ts'
import { benchSmallMachine } from './small-machine.ts'
import { benchSnapshot } from './snapshot.ts'
import { benchSchemathesis } from './schemathesis.ts'
import { benchStacks } from './stacks.ts'
import { benchUploads } from './uploads.ts'
import { benchWatch } from './watch.ts'
import { benchZeroDowntime } from './zero-downtime.ts'

/** `pnpm bench <name>`: prints one JSON object; exits non-zero where a goal with a gate is missed. */
const BENCHES: Record<string, (args: string[]) => Promise<number>> = {
  async backups(args) {
    const result = await benchBackups(args)
    print(result)
    return result.ok ? 0 : 1
  },
  async conformance() {
    const result = await benchConformance()
    print(result)
    return result.ok ? 0 : 1
  },
  async dashboard([apps, deployments]) {
    const result = await benchDashboard(Number(apps ?? 500), Number(deployments ?? 100_000))
    print(result)
    return result.ok ? 0 : 1
  },
  async deploy(args) {
    const at = args.indexOf('--stack')
    if (at === -1) {
      print(await benchDeploy(connectInstallation(), Number(args[0] ?? 20)))
      return 0
    }
    const [, stack = ''] = args.splice(at, 2)
    const result = await benchDeployStack(connectInstallation(), stack, Number(args[0] ?? 20))
    print(result)
    return 0
  },
  async faults([only, recordTo]) {
    const result = await benchFaults(connectInstallation(), {
      only: only === 'all' ? undefined : only,
      recordTo,
    })
    print(result)
    return result.named >= Math.min(FAULTS_NAMED_GOAL, result.planted) ? 0 : 1
  },
  async handshakes(args) {
    const isLong = args.includes('--long')
    const result = await benchHandshakes({
      certificates: isLong ? 10_000 : 2_000,
      handshakes: isLong ? 2_000 : 500,
      idle: isLong ? [1_000, 10_000] : [1_000],
    })
    print(result)
    return result.ok ? 0 : 1
  },
  async hostile([rounds]) {
    const result = await benchHostile(connectInstallation(), Number(rounds ?? 5))
    print(result)
    return result.ok ? 0 : 1
  },
  async idle() {
    const result = await benchIdle(connectInstallation())
    process.stderr.write(`${idleTable(result)}\n`)
    print(result)
    return result.ok ? 0 : 1
  },
  async images(examples) {
    const result = await benchImages(connectInstallation(), examples)
    print(result)
    return result.ok ? 0 : 1
  },
  async 'large-push'([megabytes]) {
    const result = await benchLargePush(connectInstallation(), Number(megabytes ?? 600))
    print(result)
    return result.ok ? 0 : 1
  },
  async logs(args) {
    const [rate, seconds] = args.filter((arg) => /^\d+$/.test(arg)).map(Number)
    const result = args.includes('--whole')
      ? await benchLogsWhole(connectInstallation(), {
          rate: rate ?? 50_000,
          seconds: seconds ?? 60,
        })
      : await benchLogs(args)
    print(result)
    return result.ok ? 0 : 1
  },
  async metrics(args) {
    const result = await benchMetrics(args)
    print(result)
    return result.ok ? 0 : 1
  },
  async neighbour() {
    const result = await benchNeighbour(connectInstallation())
    print(result)
    return result.ok ? 0 : 1
  },
  async proxy(args) {
    print(await benchProxy(args))
    return 0
  },
  async reboot([apps]) {
    const result = await benchReboot(connectInstallation(), Number(apps ?? 60))
    print(result)
    return result.ok ? 0 : 1
  },
  async replace(installer) {
    const result = await benchReplace(connectInstallation(), installer)
    print(result)
    const lost = [result.restarted, result.upgraded].reduce(
      (sum, each) => sum + (each ? each.failed + failedOf(each.staying) : 0),
      result.killed.refused,
    )
    return lost === 0 ? 0 : 1
  },
  async sleep([rounds]) {
    const result = await benchSleep(connectInstallation(), Number(rounds ?? 10))
    print(result)
    return result.ok ? 0 : 1
  },
  async 'small-machine'([mib]) {
    const result = await benchSmallMachine(Number(mib ?? 1_024) * 2 ** 20)
    print(result)
    return result.ok ? 0 : 1
  },
  async snapshot([count]) {
    const result = await benchSnapshot(Number(count ?? 10_000))
    print(result)
    return result.ok ? 0 : 1
  },
  async schemathesis([seconds]) {
    const result = await benchSchemathesis(connectInstallation(), Number(seconds ?? 300))
    print(result)
    return result.ok ? 0 : 1
  },
  async stacks([only]) {
    const result = await benchStacks(connectInstallation(), only)
    print(result)
    return result.ok ? 0 : 1
  },
  async uploads([megabytes, files]) {
    const options = { megabytes: Number(megabytes ?? 200), files: Number(files ?? 5_000) }
    const result = await benchUploads(connectInstallation(), options)
    print(result)
    return result.ok ? 0 : 1
  },
  async watch() {
    const result = await benchWatch(connectInstallation())
    print(result)
    return result.ok ? 0 : 1
  },
  async 'zero-downtime'(args) {
    const isLong = args.includes('--long')
    const [deployments] = args.filter((arg) => arg !== '--long')
    const result = await benchZeroDowntime(connectInstallation(), {
      deployments: Number(deployments ?? (isLong ? 100 : 10)),
      ratePerSecond: 500,
      broken: true,
      slowSeconds: 20,
      drainMs: 30_000,
    })
    print(result)
    return result.failed + failedOf(result.staying) + result.wentBack.length === 0 ? 0 : 1
  },
}

const FAULTS_NAMED_GOAL = 36

const failedOf = (staying: Record<string, { failed: number }>): number =>
  Object.values(staying).reduce((sum, { failed }) => sum + failed, 0)

const print = (result: object): void => {
  process.stdout.write(`${JSON.stringify(result, null, 2)}\n`)
}

const [name = '', ...args] = process.argv.slice(2)
const bench = BENCHES[name]
if (!bench) {
  process.stderr.write(`pnpm bench ${Object.keys(BENCHES).join(' | ')}\n`)
  process.exit(2)
}
process.exit(await bench(args))
