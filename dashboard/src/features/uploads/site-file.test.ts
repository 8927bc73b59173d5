import type { Uploads } from '@vastrox/shared/upload.ts'
import { describe, expect, it } from 'vitest'
import { UPLOADS } from '../../../test/mock-uploads.ts'
import { siteFileOf, sitesOf } from './site-file.ts'

describe('the site file for FileZilla', () => {
  it('holds each way in, with the password where it is known', () => {
    const text = siteFileOf(sitesOf('shop', UPLOADS, 'p&ss<wörd'))
    expect(text).toContain(
      '<FileZilla3>\n  <Servers>\n    <Server>\n      <Host>vastrox.example</Host>',
    )
    expect(text.match(/<Port>\d+<\/Port>\n +<Protocol>\d/g)).toEqual([
      '<Port>2222</Port>\n      <Protocol>1',
      '<Port>2121</Port>\n      <Protocol>4',
    ])
    const [, packed = ''] = /<Pass encoding="base64">([^<]+)</.exec(text) ?? []
    expect(Buffer.from(packed, 'base64').toString()).toBe('p&ss<wörd')
    expect(text.match(/<Logontype>1/g)).toHaveLength(2)
    expect(text).toContain('<Name>shop (FTP with TLS)</Name>')
  })

  it('lets FileZilla ask where it is not, and names what is there alone', () => {
    const onlySftp: Uploads = { ...UPLOADS, ftps: null, sftp: { host: 'a&b', port: 22, user: 'x' } }
    const text = siteFileOf(sitesOf('shop', onlySftp, undefined))
    expect(text).toContain('<Host>a&amp;b</Host>')
    expect(text).toContain('<Logontype>2</Logontype>')
    expect(text).not.toContain('<Pass')
    expect(text.match(/<Server>/g)).toHaveLength(1)
    expect(siteFileOf(sitesOf('shop', { ...onlySftp, sftp: null }, undefined))).not.toContain(
      '<Server>',
    )
  })
})
