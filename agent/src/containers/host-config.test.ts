import { describe, expect, it } from 'vitest'
import { containerSpec, hostConfig } from '#agent/containers/host-config.ts'
import { profilesOf } from '#agent/engine/security-profiles.ts'

const PLACE = { network: 'vastrox-a1b2c3-app00001', address: '10.128.0.2', nofile: 16_384 }
const LIMITS = { memoryBytes: 256 * 2 ** 20, cpuMillis: 500 }

const TMPFS = 'rw,noexec,nosuid,nodev,size=64m,mode=1777'
const READ_ONLY = {
  ReadonlyRootfs: true,
  Tmpfs: { '/tmp': TMPFS, '/run': TMPFS, '/var/tmp': TMPFS },
}
const COMPATIBLE = {
  NetworkMode: 'vastrox-a1b2c3-app00001',
  CapDrop: ['ALL'],
  CapAdd: ['CHOWN', 'DAC_OVERRIDE', 'KILL', 'NET_BIND_SERVICE', 'SETGID', 'SETUID'],
  SecurityOpt: ['no-new-privileges'],
  ReadonlyRootfs: false,
  Privileged: false,
  Init: true,
  IpcMode: 'private',
  PidMode: '',
  UTSMode: '',
  CgroupnsMode: 'private',
  Binds: [],
  VolumesFrom: [],
  Devices: [],
  DeviceRequests: [],
  DeviceCgroupRules: [],
  GroupAdd: [],
  Sysctls: {},
  PortBindings: {},
  PublishAllPorts: false,
  Links: [],
  ExtraHosts: [],
  DnsSearch: ['.'],
  DnsOptions: [],
  OomKillDisable: false,
  PidsLimit: 512,
  Memory: 268_435_456,
  MemorySwap: 268_435_456,
  MemoryReservation: 134_217_728,
  CpuShares: 1_024,
  NanoCpus: 500_000_000,
  Ulimits: [
    { Name: 'nofile', Soft: 16_384, Hard: 16_384 },
    { Name: 'core', Soft: 0, Hard: 0 },
  ],
  OomScoreAdj: 300,
  RestartPolicy: { Name: 'no' },
  LogConfig: { Type: 'json-file', Config: { 'max-size': '10m', 'max-file': '3' } },
}

describe('the HostConfig of what runs users’ code (rules section 7)', () => {
  it('is exactly this, and holds no mount, device, port or host namespace', () => {
    expect(hostConfig(LIMITS, PLACE)).toEqual(COMPATIBLE)
  })

  it('is exactly this where the app is shut in strictly', () => {
    const isolation = { profile: 'strict', readOnlyRoot: false } as const

    expect(hostConfig(LIMITS, PLACE, isolation)).toEqual({
      ...COMPATIBLE,
      CapAdd: ['NET_BIND_SERVICE'],
      ...READ_ONLY,
    })
  })

  it('lets nothing be written but tmpfs and volumes where the root is read-only', () => {
    const isolation = { profile: 'compatible', readOnlyRoot: true } as const

    expect(hostConfig(LIMITS, PLACE, isolation)).toEqual({ ...COMPATIBLE, ...READ_ONLY })
    const owner = { uid: 1_000, gid: 33 }
    expect(hostConfig(LIMITS, { ...PLACE, owner }, isolation)).toMatchObject({
      Tmpfs: { '/run': `${TMPFS},uid=1000,gid=33` },
    })
    const mounts = [{ Type: 'volume', Source: 'v', Target: '/tmp/' }] as const
    expect(hostConfig(LIMITS, { ...PLACE, mounts }, isolation)).toMatchObject({
      Tmpfs: { '/run': TMPFS, '/var/tmp': TMPFS },
      Mounts: mounts,
    })
    expect(hostConfig(LIMITS, { ...PLACE, mounts }, isolation)).not.toHaveProperty([
      'Tmpfs',
      '/tmp',
    ])
  })

  it('names the profiles of the engine that it can be held to', () => {
    const profiles = profilesOf({
      ServerVersion: '26.1.4',
      SecurityOptions: ['name=apparmor', 'name=seccomp,profile=unconfined', 'name=cgroupns'],
    })

    expect(hostConfig(LIMITS, { ...PLACE, profiles }).SecurityOpt).toEqual([
      'no-new-privileges',
      'seccomp=builtin',
      'apparmor=docker-default',
    ])
    const old = { ServerVersion: '20.10.24', SecurityOptions: ['name=seccomp,profile=default'] }
    expect(profilesOf(old)).toEqual([])
    expect(profilesOf({ ServerVersion: '27.0.1', SecurityOptions: null })).toEqual([])
  })

  it('sets no cap on the processor where the app has none', () => {
    expect(hostConfig({ ...LIMITS, cpuMillis: 0 }, PLACE)).not.toHaveProperty('NanoCpus')
  })
})

describe('the body of a create', () => {
  const shape = {
    imageId: `sha256:${'a'.repeat(64)}`,
    command: 'node server.js',
    env: { PORT: '3000', QUOTES: `a"b'c$d` },
    limits: LIMITS,
    stopGraceMs: 1_500,
    hostname: 'web-1',
    labels: { 'vastrox.instance': 'a1b2c3' },
  }

  it('gives the command as words, the env as it is and a fixed address', () => {
    expect(containerSpec(shape, PLACE)).toEqual({
      Image: shape.imageId,
      Hostname: 'web-1',
      Entrypoint: [''],
      Cmd: ['node', 'server.js'],
      Env: ['PORT=3000', `QUOTES=a"b'c$d`],
      Labels: { 'vastrox.instance': 'a1b2c3' },
      StopTimeout: 2,
      HostConfig: hostConfig(LIMITS, PLACE),
      NetworkingConfig: {
        EndpointsConfig: {
          'vastrox-a1b2c3-app00001': { IPAMConfig: { IPv4Address: '10.128.0.2' } },
        },
      },
    })
  })

  it('lets the init of more than one command tell all of them to stop', () => {
    const { Env } = containerSpec({ ...shape, command: 'npm run migrate && node .' }, PLACE)

    expect(Env).toEqual(['TINI_KILL_PROCESS_GROUP=1', 'PORT=3000', `QUOTES=a"b'c$d`])
  })

  it('leaves command and entry point to the image where no command is given', () => {
    const spec = containerSpec({ ...shape, command: null }, PLACE)

    expect(spec).not.toHaveProperty('Cmd')
    expect(spec).not.toHaveProperty('Entrypoint')
  })
})
