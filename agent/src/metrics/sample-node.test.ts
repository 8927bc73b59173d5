import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { NodeSample } from '@vastrox/shared/agent-api-metrics.ts'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createNodeSampler } from '#agent/metrics/sample-node.ts'
import { createPlatformSampler } from '#agent/metrics/sample-platform.ts'

const MIB = 2 ** 20

describe('the machine, of a sample', () => {
  let root: string
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'vastrox-node-'))
    await write({
      'proc/stat': 'cpu  100 10 50 1000 40 5 6 7 0 0\ncpu0 1 1 1 1 1 1 1 1 0 0\n',
      'proc/loadavg': '0.50 1.25 2.00 3/417 10846\n',
      'proc/uptime': '1234.56 2000.00\n',
      'proc/meminfo': `MemTotal:        4194304 kB\nMemFree:         1048576 kB\nMemAvailable:    3145728 kB\nBuffers:            1024 kB\nCached:            10240 kB\nSwapCached:         7 kB\nSwapTotal:       1048576 kB\nSwapFree:         524288 kB\nSReclaimable:       2048 kB\n`,
      'proc/vmstat': 'nr_free_pages 1\npswpin 11\npswpout 22\noom_kill 3\n',
      'proc/pressure/cpu': 'some avg10=0.00 avg60=0.00 avg300=0.00 total=100\n',
      'proc/pressure/memory':
        'some avg10=0.00 avg60=0.00 avg300=0.00 total=200\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=20\n',
      'proc/pressure/io':
        'some avg10=0.00 avg60=0.00 avg300=0.00 total=300\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=30\n',
      'proc/net/dev':
        'Inter-|   Receive\n face |bytes\n    lo: 1 1 0 0 0 0 0 0 1 1 0 0 0 0 0 0\n  ens3: 100 10 1 2 0 0 0 0 200 20 3 4 0 0 0 0\nveth1: 5 5 0 0 0 0 0 0 5 5 0 0 0 0 0 0\n',
      'proc/net/route':
        'Iface\tDestination\tGateway\nens3\t00000000\t010200C0\nveth1\t0000000A\t0\n',
      'sys/class/net/lo/x': '',
      'sys/class/net/ens3/device/x': '',
      'sys/class/net/veth1/x': '',
    })
  })
  afterEach(() => rm(root, { recursive: true, force: true }))

  async function write(files: Record<string, string>): Promise<void> {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(root, path)), { recursive: true })
      await writeFile(join(root, path), text)
    }
  }

  const create = () =>
    createNodeSampler({
      readDisks: async () => [
        {
          path: root,
          disk: {
            holds: 'data',
            bytes: 1_000,
            availableBytes: 400,
            floorBytes: 10,
            inodes: 50,
            availableInodes: 40,
            floorInodes: 1,
          },
        },
      ],
      proc: join(root, 'proc'),
      sys: join(root, 'sys'),
      root: join(root, 'groups'),
    })

  it('is what the kernel says of it, in whole units', async () => {
    const sample = await create()()

    expect(NodeSample.parse(sample)).toEqual({
      cpus: availableParallelism(),
      cpuUsec: {
        user: 1_000_000,
        nice: 100_000,
        system: 500_000,
        idle: 10_000_000,
        iowait: 400_000,
        irq: 110_000,
        steal: 70_000,
      },
      load: [0.5, 1.25, 2],
      pressure: {
        cpu: { someUsec: 100, fullUsec: 0 },
        memory: { someUsec: 200, fullUsec: 20 },
        io: { someUsec: 300, fullUsec: 30 },
      },
      memoryBytes: 4_096 * MIB,
      memoryAvailableBytes: 3_072 * MIB,
      memoryFreeBytes: 1_024 * MIB,
      memoryCacheBytes: 13 * MIB,
      swapBytes: 1_024 * MIB,
      swapFreeBytes: 512 * MIB,
      swapInPages: 11,
      swapOutPages: 22,
      oomKills: 3,
      processes: 417,
      uptimeMs: 1_234_560,
      disks: [
        {
          holds: 'data',
          bytes: 1_000,
          availableBytes: 400,
          inodes: 50,
          availableInodes: 40,
          readBytes: 0,
          writtenBytes: 0,
          ioMs: 0,
        },
      ],
      networks: [
        {
          name: 'ens3',
          receivedBytes: 100,
          sentBytes: 200,
          receivedPackets: 10,
          sentPackets: 20,
          errors: 4,
          drops: 6,
        },
      ],
    })
  })

  it('has no pressure where the kernel does not tell it, and the way out where no interface is a device', async () => {
    await rm(join(root, 'proc/pressure'), { recursive: true })
    await rm(join(root, 'sys/class/net/ens3/device'), { recursive: true })
    const sample = await create()()

    expect(sample.pressure).toBeNull()
    expect(sample.networks.map(({ name }) => name)).toEqual(['ens3'])
  })

  it('has what this very machine counts of the disk below a directory', async () => {
    const real = createNodeSampler({
      readDisks: async () => [
        {
          path: import.meta.dirname,
          disk: {
            holds: 'data',
            bytes: 1,
            availableBytes: 1,
            floorBytes: 0,
            inodes: 0,
            availableInodes: 0,
            floorInodes: 0,
          },
        },
      ],
    })

    const { disks, cpuUsec } = NodeSample.parse(await real())
    expect(cpuUsec.user).toBeGreaterThan(0)
    expect(disks).toHaveLength(1)
  })

  it('names our own processes of this installation by their programs, the newest of each', async () => {
    const processOf = (pid: number, start: number, bundle: string, env: string) => ({
      [`proc/${pid}/comm`]: 'node\n',
      [`proc/${pid}/cmdline`]: `/opt/vastrox/node\0--flag\0/opt/vastrox/1/${bundle}\0`,
      [`proc/${pid}/environ`]: `PATH=/bin\0${env}\0`,
      [`proc/${pid}/stat`]: `${pid} (node) S 1 1 1 0 -1 0 1 0 0 0 30 12 0 0 20 0 1 0 ${start} 1000 250 0`,
    })
    const ours = 'VASTROX_DATA_DIR=/data'
    await write({
      ...processOf(10, 5, 'daemon.mjs', ours),
      ...processOf(11, 5, 'proxy.mjs', `${ours}\0VASTROX_WORKER=1`),
      ...processOf(12, 6, 'proxy.mjs', `${ours}\0VASTROX_WORKER=1`),
      ...processOf(13, 5, 'daemon.mjs', 'VASTROX_DATA_DIR=/another'),
      'proc/14/comm': 'dockerd\n',
      'proc/14/stat': '14 (dockerd) S 1 1 1 0 -1 0 1 0 0 0 1 1 0 0 20 0 1 0 1 1000 9 0',
    })
    await mkdir(join(root, 'proc/10/fd'))
    for (const fd of [0, 1, 2]) await symlink('/dev/null', join(root, `proc/10/fd/${fd}`))
    const sample = createPlatformSampler({ dataDir: '/data', proc: join(root, 'proc') })

    expect(sample()).toEqual([
      { name: 'daemon', pid: 10, cpuUsec: 420_000, residentBytes: 250 * 4_096, descriptors: 3 },
      { name: 'engine', pid: 14, cpuUsec: 20_000, residentBytes: 9 * 4_096, descriptors: 0 },
      { name: 'proxy-1', pid: 12, cpuUsec: 420_000, residentBytes: 250 * 4_096, descriptors: 0 },
    ])
    await rm(join(root, 'proc/12'), { recursive: true })
    expect(sample().map(({ name, pid }) => [name, pid])).toContainEqual(['proxy-1', 11])
  })

  it('takes nothing of a container for one of ours, whatever that calls itself', async () => {
    const processOf = async (pid: number, namespace: string, env: string) => {
      await write({
        [`proc/${pid}/comm`]: 'node\n',
        [`proc/${pid}/cmdline`]: 'node\0proxy.mjs\0',
        [`proc/${pid}/environ`]: `VASTROX_DATA_DIR=/data\0${env}\0`,
        [`proc/${pid}/stat`]: `${pid} (node) S 1 1 1 0 -1 0 1 0 0 0 30 12 0 0 20 0 1 0 ${pid} 1000 250 0`,
      })
      await mkdir(join(root, `proc/${pid}/ns`))
      await symlink(namespace, join(root, `proc/${pid}/ns/pid`))
    }
    await mkdir(join(root, 'proc/self/ns'), { recursive: true })
    await symlink('pid:[1]', join(root, 'proc/self/ns/pid'))
    await processOf(10, 'pid:[1]', 'VASTROX_WORKER=0')
    await processOf(11, 'pid:[1]', `VASTROX_WORKER=${'9'.repeat(100)}`)
    await processOf(20, 'pid:[2]', 'VASTROX_WORKER=0')
    await processOf(21, 'pid:[2]', 'VASTROX_WORKER=7')
    await write({ 'proc/20/comm': 'dockerd\n' })
    const sample = createPlatformSampler({ dataDir: '/data', proc: join(root, 'proc') })

    expect(sample().map(({ name, pid }) => [name, pid])).toEqual([['proxy-0', 10]])
  })

  it('asks no more who a stranger is, until one of ours is gone', async () => {
    const processOf = (pid: number, cmdline: string) =>
      write({
        [`proc/${pid}/comm`]: 'x\n',
        [`proc/${pid}/cmdline`]: cmdline,
        [`proc/${pid}/environ`]: 'VASTROX_DATA_DIR=/data\0VASTROX_WORKER=3\0',
        [`proc/${pid}/stat`]: `${pid} (x) S 1 1 1 0 -1 0 1 0 0 0 30 12 0 0 20 0 1 0 ${pid} 1000 250 0`,
      })
    await processOf(10, 'node\0daemon.mjs\0')
    await processOf(20, 'bash\0')
    const sample = createPlatformSampler({ dataDir: '/data', proc: join(root, 'proc') })
    const namesAfter = (count: number): string[] => {
      for (let at = 1; at < count; at += 1) sample()
      return sample().map(({ name }) => name)
    }

    expect(namesAfter(5)).toEqual(['daemon'])
    await processOf(20, 'node\0proxy.mjs\0')
    expect(namesAfter(8)).toEqual(['daemon'])
    await rm(join(root, 'proc/10'), { recursive: true })
    expect(namesAfter(1)).toEqual(['proxy-3'])
  })
})
