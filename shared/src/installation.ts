import { z } from 'zod'

const Port = z.int().min(1).max(65_535)

const PortRange = z.object({ from: Port, to: Port }).refine(({ from, to }) => from <= to)
export type PortRange = z.infer<typeof PortRange>
export const DEFAULT_FTP_PASSIVE_PORTS: PortRange = { from: 30_000, to: 30_099 }

/** `<data>/config.json`, written by install.sh, 0640 root:vastrox; proxy workers do not read it. */
export const InstallationConfig = z.object({
  /** 6 hex digits; in every name of ours (units, labels, cookies, containers). */
  instance: z.string().regex(/^[0-9a-f]{6}$/),
  httpPort: Port,
  httpsPort: Port,
  dashboardPort: Port,
  sshPort: Port,
  ftpPort: Port,
  /** False: no uploads by FTP at all. */
  ftps: z.boolean().optional(),
  /** Ports for the data of FTPS; DEFAULT_FTP_PASSIVE_PORTS where it is left out. */
  ftpPassivePorts: PortRange.optional(),
  /** Address people reach this machine at; 127.0.0.1 where there is no public one. */
  publicAddress: z.string(),
  /** Apps are at <app>.<baseDomain>; `localhost` where no interface has a public address. */
  baseDomain: z.string(),
  /** Base domains from before: each has a local CA of its own. */
  formerDomains: z.array(z.string()).max(8).optional(),
  /** Who chose the base domain. The machine itself trusts a CA for what root has chosen alone. */
  baseDomainBy: z.enum(['root', 'dashboard']).optional(),
  proxyWorkers: z.int().min(1).max(64),
  acmeDirectory: z.string().nullable(),
  acmeCaFile: z.string().nullable(),
  acmeEmail: z.string().nullable(),
  /** How domains are looked at, where that is not as everybody does it: in tests, behind odd networks. */
  domainChecks: z
    .object({
      /** `192.0.2.53` or `192.0.2.53:5353`, in place of the system's resolvers. */
      dnsServers: z.array(z.string()).max(4).optional(),
      /** Of name servers of zones; 53. */
      zonePort: Port.optional(),
      /** Where the world finds us by HTTP and HTTPS; 80 and 443. */
      httpPort: Port.optional(),
      httpsPort: Port.optional(),
    })
    .optional(),
  /** Bridges of apps get their subnets from here. */
  appNetworkRange: z.string().default('10.128.0.0/12'),
  /** How this host reaches others (CA bundle, HTTP proxy): given to agent and daemon. */
  hostEnv: z.record(z.string(), z.string()).optional(),
  /** The clone that it was installed from, for `vastrox upgrade`. */
  sourceDir: z.string().optional(),
})
export type InstallationConfig = z.infer<typeof InstallationConfig>

// Apart from the schema, so that a process that only needs its paths loads no zod.
export { type InstallationPaths, PROCESS_ENV, pathsOf } from './installation-paths.ts'
