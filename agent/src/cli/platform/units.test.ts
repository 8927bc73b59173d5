import { describe, expect, it } from 'vitest'
import { hostEnvText, unitsOf } from '#agent/cli/platform/units.ts'

const config = {
  instance: 'abc123',
  httpPort: 80,
  httpsPort: 443,
  dashboardPort: 8443,
  sshPort: 2222,
  ftpPort: 2121,
  publicAddress: '203.0.113.7',
  baseDomain: 'example.com',
  proxyWorkers: 2,
  acmeDirectory: null,
  acmeCaFile: null,
  acmeEmail: null,
  appNetworkRange: '10.128.0.0/12',
  hostEnv: { HTTPS_PROXY: 'http://a:b%20c@proxy:3128' },
}
const units = () => unitsOf(config, '/var/lib/vastrox', '/opt/vastrox/current', '0.1.0-abcd')

describe('the units of systemd', () => {
  it('are a slice, two socket units, the rules of the boot and one service a process, all with the instance in their names', () => {
    expect([...units().keys()]).toEqual([
      'vastroxabc123.slice',
      'vastrox-abc123-proxy.socket',
      'vastrox-abc123-ssh.socket',
      'vastrox-abc123-boot-rules.service',
      'vastrox-abc123-proxy-0.service',
      'vastrox-abc123-proxy-1.service',
      'vastrox-abc123-agent.service',
      'vastrox-abc123-daemon.service',
    ])
  })

  it('load the confirmed firewall before there is a network, without anybody of ours', () => {
    expect(units().get('vastrox-abc123-boot-rules.service')).toBe(`[Unit]
Description=Vastrox abc123: the firewall that was confirmed last
DefaultDependencies=no
RequiresMountsFor=/var/lib/vastrox/agent/firewall/confirmed.nft
After=nftables.service
Before=network-pre.target
Wants=network-pre.target
ConditionPathExists=/var/lib/vastrox/agent/firewall/confirmed.nft

[Service]
Type=oneshot
ExecStart=/usr/sbin/nft -f "/var/lib/vastrox/agent/firewall/confirmed.nft"

[Install]
WantedBy=sysinit.target
`)
  })

  it('are protected together from what apps and builds take', () => {
    expect(units().get('vastroxabc123.slice')).toBe(`[Unit]
Description=Vastrox abc123: the platform itself, before apps and builds

[Slice]
CPUWeight=400
IOWeight=500
MemoryLow=268435456
`)
  })

  it('hold the ports in systemd, so that connections wait while a worker is replaced', () => {
    expect(units().get('vastrox-abc123-proxy.socket')).toBe(`[Unit]
Description=Vastrox abc123: ports of apps

[Socket]
ListenStream=80
ListenStream=443
BindIPv6Only=both
Backlog=4096
Service=vastrox-abc123-proxy-0.service

[Install]
WantedBy=sockets.target
`)
  })

  it('hold the port of SSH as well, for a daemon that starts without it all the same', () => {
    expect(units().get('vastrox-abc123-ssh.socket')).toContain(
      'ListenStream=2222\nBindIPv6Only=both\nBacklog=4096\nService=vastrox-abc123-daemon.service\n',
    )
    const daemon = units().get('vastrox-abc123-daemon.service')
    expect(daemon).toContain('Wants=vastrox-abc123-ssh.socket\n')
    expect(daemon).toContain('Sockets=vastrox-abc123-ssh.socket\n')
    expect(daemon).toContain('Environment="VASTROX_LISTEN_FDS=ssh=3"\n')
    expect(units().get('vastrox-abc123-agent.service')).not.toContain('.socket')
  })

  it('start a worker as its own account, with both sockets and nothing of root', () => {
    expect(units().get('vastrox-abc123-proxy-1.service')).toBe(`[Unit]
Description=Vastrox proxy-1
After=network.target vastrox-abc123-proxy.socket
Requires=vastrox-abc123-proxy.socket
StartLimitIntervalSec=0

[Service]
Type=simple
Slice=vastroxabc123.slice
User=vastrox-proxy
Group=vastrox-proxy
Sockets=vastrox-abc123-proxy.socket
Environment="PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
Environment="LANG=C.UTF-8"
Environment="NODE_ENV=production"
Environment="MALLOC_ARENA_MAX=1"
Environment="MALLOC_TRIM_THRESHOLD_=65536"
Environment="VASTROX_DATA_DIR=/var/lib/vastrox"
Environment="VASTROX_VERSION=0.1.0-abcd"
Environment="VASTROX_WORKER=1"
Environment="VASTROX_LISTEN_FDS=http=3,https=4"
ExecStart=/opt/vastrox/current/node --disable-warning=ExperimentalWarning --max-semi-space-size=2 --max-old-space-size=256 --v8-pool-size=1 /opt/vastrox/current/proxy.mjs
WorkingDirectory=/
Restart=always
RestartSec=100ms
RestartPreventExitStatus=78
KillMode=mixed
TimeoutStopSec=40
OOMScoreAdjust=-500
NoNewPrivileges=yes
LimitCORE=0
KeyringMode=private
LockPersonality=yes
RestrictRealtime=yes
SystemCallArchitectures=native
SystemCallErrorNumber=EPERM
CapabilityBoundingSet=
AmbientCapabilities=
ProtectSystem=strict
PrivateDevices=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
RemoveIPC=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
RestrictNamespaces=yes
RestrictSUIDSGID=yes
InaccessiblePaths=-/run/docker.sock -/run/containerd -/var/lib/docker
SystemCallFilter=@system-service @pkey
ReadWritePaths="/var/lib/vastrox/proxy" "/var/lib/vastrox/access"
UMask=0027
SystemCallFilter=~@chown @keyring @memlock @setuid
ProtectHome=yes
PrivateTmp=yes

[Install]
WantedBy=multi-user.target
`)
  })

  it('keep the agent root and after the engine, and show nobody the password of a proxy', () => {
    const agent = units().get('vastrox-abc123-agent.service') ?? ''

    expect(agent).toContain('After=network.target docker.service\n')
    expect(agent).toContain('User=root\n')
    expect(agent).toContain('CapabilityBoundingSet=~CAP_AUDIT_CONTROL ')
    // What it mounts, the engine must see.
    expect(agent).not.toMatch(/^(?:Private|Protect|ReadWrite|Inaccessible)/m)
    expect(agent).toContain('EnvironmentFile=-/var/lib/vastrox/host.env\n')
    expect([...units().values()].join('')).not.toContain('b%20c')
    expect([...units().values()].join('')).not.toContain('b%%20c')
    expect(hostEnvText(config)).toBe('HTTPS_PROXY="http://a:b%20c@proxy:3128"\n')
    expect(units().get('vastrox-abc123-proxy-0.service')).not.toContain('EnvironmentFile')
  })
})
