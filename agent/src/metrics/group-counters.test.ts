import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findGroup } from '#agent/metrics/group-counters.ts'

const COUNTERS = {
  cpuUsec: 1_500_000,
  cpuUserUsec: 1_000_000,
  cpuSystemUsec: 500_000,
  throttledUsec: 250_000,
  memoryBytes: 200,
  memoryCacheBytes: 70,
  swapBytes: 30,
  oomKills: 2,
  readBytes: 110,
  writtenBytes: 220,
  pids: 5,
}

describe('the counters of a control group', () => {
  let root: string
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'vastrox-groups-'))
  })
  afterEach(() => rm(root, { recursive: true, force: true }))

  async function write(files: Record<string, string>): Promise<void> {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(root, path)), { recursive: true })
      await writeFile(join(root, path), text)
    }
  }

  it('are read of version 2, under the driver of systemd', async () => {
    const place = 'system.slice/docker-abc.scope'
    await write({
      [`${place}/memory.current`]: '260\n',
      [`${place}/memory.stat`]:
        'anon 190\nfile 70\nfile_mapped 9\ninactive_file 60\nactive_file 10\n',
      [`${place}/memory.max`]: '536870912\n',
      [`${place}/memory.swap.current`]: '30\n',
      [`${place}/memory.events`]: 'low 0\nhigh 0\nmax 9\noom 3\noom_kill 2\noom_group_kill 0\n',
      [`${place}/cpu.stat`]:
        'usage_usec 1500000\nuser_usec 1000000\nsystem_usec 500000\nnr_periods 9\nnr_throttled 3\nthrottled_usec 250000\n',
      [`${place}/cpu.max`]: '50000 100000\n',
      [`${place}/io.stat`]:
        '254:0 rbytes=100 wbytes=200 rios=1 wios=2 dbytes=0 dios=0\n7:0 rbytes=10 wbytes=20 rios=1 wios=1\n',
      [`${place}/pids.current`]: '5\n',
      [`${place}/cgroup.procs`]: '420\n17\n18\n',
    })

    const group = findGroup(root, ['docker/abc', place])

    expect(group?.read()).toEqual(COUNTERS)
    expect(group?.limits()).toEqual({ cpuLimitMillis: 500, memoryLimitBytes: 536_870_912 })
    expect(group?.firstPid()).toBe(17)
  })

  it.each(['cpuacct', 'cpu,cpuacct'])('are read of version 1, mounted as %s', async (cpuacct) => {
    const cpu = cpuacct === 'cpuacct' ? 'cpu' : cpuacct
    await write({
      'memory/docker/abc/memory.usage_in_bytes': '260\n',
      'memory/docker/abc/memory.stat':
        'cache 70\nswap 30\ninactive_file 60\ntotal_cache 70\ntotal_swap 30\ntotal_inactive_file 60\n',
      'memory/docker/abc/memory.limit_in_bytes': '9223372036854771712\n',
      'memory/docker/abc/memory.oom_control': 'oom_kill_disable 0\nunder_oom 0\noom_kill 2\n',
      'memory/docker/abc/cgroup.procs': '17\n18\n',
      [`${cpuacct}/docker/abc/cpuacct.usage`]: '1500000000\n',
      [`${cpuacct}/docker/abc/cpuacct.usage_user`]: '1000000000\n',
      [`${cpuacct}/docker/abc/cpuacct.usage_sys`]: '500000000\n',
      [`${cpu}/docker/abc/cpu.stat`]: 'nr_periods 9\nnr_throttled 3\nthrottled_time 250000000\n',
      [`${cpu}/docker/abc/cpu.cfs_quota_us`]: '-1\n',
      [`${cpu}/docker/abc/cpu.cfs_period_us`]: '100000\n',
      'blkio/docker/abc/blkio.throttle.io_service_bytes_recursive':
        '254:0 Read 100\n254:0 Write 200\n254:0 Total 300\n7:0 Read 10\n7:0 Write 20\nTotal 330\n',
      'pids/docker/abc/pids.current': '5\n',
    })

    const group = findGroup(root, ['docker/abc', 'system.slice/docker-abc.scope'])

    expect(group?.read()).toEqual(COUNTERS)
    expect(group?.limits()).toEqual({ cpuLimitMillis: 0, memoryLimitBytes: 0 })
  })

  it('are none once the group has gone', async () => {
    await write({ 'docker/abc/memory.current': '1\n', 'docker/abc/cpu.stat': 'usage_usec 1\n' })
    const group = findGroup(root, ['docker/abc'])
    expect(group?.read()?.cpuUsec).toBe(1)
    await rm(join(root, 'docker'), { recursive: true })

    expect(group?.read()).toBeUndefined()
    expect(findGroup(root, ['docker/abc'])).toBeUndefined()
  })
})
