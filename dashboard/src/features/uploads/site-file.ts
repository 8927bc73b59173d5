import type { Uploads } from '@vastrox/shared/upload.ts'
import { t } from '#lib/words.ts'

export interface Site {
  name: string
  protocol: 'sftp' | 'ftps'
  host: string
  port: number
  user: string
  /** FileZilla asks for it where it is not known here. */
  password: string | undefined
}

/** As FileZilla numbers them: SFTP, and FTP that insists on TLS. */
const PROTOCOL = { sftp: 1, ftps: 4 }
const LOGON = { normal: 1, ask: 2 }

const SFTP: Site['protocol'] = 'sftp'
const FTPS: Site['protocol'] = 'ftps'

/** The ways in of one app, as they are now. */
export function sitesOf(
  app: string,
  { sftp, ftps }: Uploads,
  password: string | undefined,
): Site[] {
  const both = sftp !== null && ftps !== null
  return [
    ...(sftp ? [{ name: app, protocol: SFTP, ...sftp, password }] : []),
    ...(ftps
      ? [
          {
            name: both ? t('{app} (FTP with TLS)', { app }) : app,
            protocol: FTPS,
            ...ftps,
            password,
          },
        ]
      : []),
  ]
}

/** What FileZilla's "File, Import" reads: the same as its own sitemanager.xml. */
export function siteFileOf(sites: readonly Site[]): string {
  return [
    '<?xml version="1.0" encoding="UTF-8" standalone="yes" ?>',
    '<FileZilla3>',
    '  <Servers>',
    ...sites.flatMap(serverOf),
    '  </Servers>',
    '</FileZilla3>',
    '',
  ].join('\n')
}

const serverOf = ({ name, protocol, host, port, user, password }: Site): string[] => [
  '    <Server>',
  `      <Host>${escaped(host)}</Host>`,
  `      <Port>${port}</Port>`,
  `      <Protocol>${PROTOCOL[protocol]}</Protocol>`,
  '      <Type>0</Type>',
  `      <User>${escaped(user)}</User>`,
  ...(password === undefined ? [] : [`      <Pass encoding="base64">${base64(password)}</Pass>`]),
  `      <Logontype>${password === undefined ? LOGON.ask : LOGON.normal}</Logontype>`,
  '      <TimezoneOffset>0</TimezoneOffset>',
  '      <PasvMode>MODE_PASSIVE</PasvMode>',
  '      <MaximumMultipleConnections>4</MaximumMultipleConnections>',
  '      <EncodingType>UTF-8</EncodingType>',
  '      <BypassProxy>0</BypassProxy>',
  `      <Name>${escaped(name)}</Name>`,
  '      <SyncBrowsing>0</SyncBrowsing>',
  '      <DirectoryComparison>0</DirectoryComparison>',
  '    </Server>',
]

const ENTITY: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
const escaped = (text: string): string =>
  text.replaceAll(/[&<>"]/g, (letter) => ENTITY[letter] ?? '')
const base64 = (text: string): string =>
  btoa(String.fromCodePoint(...new TextEncoder().encode(text)))
