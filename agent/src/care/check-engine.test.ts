import { describe, expect, it } from 'vitest'
import { type EngineReading, judgeEngine, readCgroupParent } from '#agent/care/check-engine.ts'

const reading = (changes: Partial<EngineReading> = {}): EngineReading => ({
  version: '29.1.0',
  components: [
    { name: 'containerd', version: 'v2.2.0' },
    { name: 'runc', version: '1.4.0' },
  ],
  storageDriver: 'overlay2',
  keepsContainers: true,
  cgroupVersion: '2',
  securityOptions: ['name=seccomp,profile=builtin'],
  ...changes,
})
const complaints = (changes: Partial<EngineReading>, isEnforcing = true): string[] =>
  judgeEngine(reading(changes), isEnforcing)
    .filter(({ level }) => level !== 'ok')
    .map(({ message }) => message)
const runc = (version: string) => ({ components: [{ name: 'runc', version }] })

describe('what is known about versions of an engine', () => {
  it('is nothing about a new one', () => {
    expect(complaints({})).toEqual([])
  })

  it.each([
    ['1.1.11', ['CVE-2024-21626', 'CVE-2025-31133']],
    ['1.1.15', ['CVE-2025-31133']],
    ['1.2.7', ['CVE-2025-31133']],
    ['1.2.8', []],
    ['1.3.2', ['CVE-2025-31133']],
    ['1.3.10', []],
    ['1.5.0', []],
    // A distribution puts fixes into its old version: its updates say whether they are there.
    ['1.1.5+ds1-1+deb12u1', []],
  ])('counts by the line that runc %s is of', (version, expected) => {
    const found = complaints(runc(version))

    expect(found).toHaveLength(expected.length)
    for (const [at, name] of expected.entries()) expect(found[at]).toContain(name)
  })

  it.each([
    ['23.0.6', ['CVE-2024-23651', 'ended its line']],
    ['24.0.9', ['ended its line']],
    ['25.0.1', ['CVE-2024-23651', 'ended its line']],
    ['20.10.24+dfsg1', ['CVE-2024-23652']],
    ['28.5.0', []],
  ])('says of Docker %s what its makers have fixed since', (version, expected) => {
    const found = complaints({ version })

    expect(found).toHaveLength(expected.length)
    for (const [at, words] of expected.entries()) expect(found[at]).toContain(words)
  })

  it('says what neighbours reach before Docker 28, unless the firewall keeps them out', () => {
    expect(complaints({ version: '20.10.24+dfsg1' }, false)).toEqual([
      expect.stringContaining('unless your distribution has added it'),
      expect.stringContaining('Before Docker 28'),
    ])
    expect(complaints({ version: '28.2.2' }, false)).toEqual([
      expect.stringContaining('CVE-2025-54388'),
    ])
    expect(complaints({ version: '28.3.3' }, false)).toEqual([])
  })

  it('says that an engine with a control group of its own escapes the fence, from its file or its flags', async () => {
    const found = complaints({ cgroupParent: '/mine' })
    expect(found).toEqual([expect.stringContaining('cgroup-parent /mine')])

    const reads = (files: Record<string, string>) =>
      readCgroupParent({ read: async (path) => files[path] })
    expect(await reads({})).toBeUndefined()
    expect(await reads({ '/etc/docker/daemon.json': '{"cgroup-parent":"/a"}' })).toBe('/a')
    expect(await reads({ '/etc/docker/daemon.json': 'damaged' })).toBeUndefined()
    const flags = (cmdline: string) =>
      reads({ '/run/docker.pid': '7\n', '/proc/7/cmdline': cmdline })
    expect(await flags('dockerd\0--cgroup-parent\0/b\0')).toBe('/b')
    expect(await flags('dockerd\0--cgroup-parent=/c\0--debug\0')).toBe('/c')
    expect(await flags('dockerd\0--debug\0')).toBeUndefined()
  })

  it('says what its settings cost, and that nobody changes them', () => {
    const [driver, restore, seccomp] = judgeEngine(
      reading({ storageDriver: 'vfs', keepsContainers: false, securityOptions: [] }),
      true,
    ).filter(({ level }) => level !== 'ok')

    expect(driver?.message).toContain('vfs')
    expect(restore?.hint).toContain('Vastrox changes nothing about your engine')
    expect(seccomp?.message).toContain('seccomp')
  })
})
