import type {
  ChangeUptimeCheck,
  UptimeCheck,
  UptimeKind,
  UptimeMethod,
} from '@vastrox/shared/uptime.ts'

/** A check as it stands in the fields. */
export interface CheckDraft {
  kind: UptimeKind
  target: string
  name: string
  method: UptimeMethod
  everyS: string
  timeoutS: string
  status: string
  contains: string
  header: string
  slowMs: string
  certificateDays: string
  followRedirects: boolean
}

export const NEW_CHECK: CheckDraft = {
  kind: 'http',
  target: '',
  name: '',
  method: 'GET',
  everyS: '60',
  timeoutS: '10',
  status: '',
  contains: '',
  header: '',
  slowMs: '',
  certificateDays: '',
  followRedirects: false,
}

const said = (value: string | number | undefined): string =>
  value === undefined ? '' : String(value)

export const checkDraftOf = (check: UptimeCheck): CheckDraft => ({
  kind: check.kind,
  target: check.target,
  name: check.name,
  method: check.method,
  everyS: String(check.everyMs / 1_000),
  timeoutS: String(check.timeoutMs / 1_000),
  status: said(check.expect.status),
  contains: said(check.expect.contains),
  header: said(check.expect.header),
  slowMs: said(check.expect.slowMs),
  certificateDays: said(check.expect.certificateDays),
  followRedirects: check.followRedirects,
})

/**
 * What is sent: fields that do not belong to the kind, and those left empty, are left out. Of a check
 * that there is the target goes along only where it was changed: that of an app follows the app's
 * health path until somebody says another one, and again where it is emptied.
 */
export function settingsOf(
  draft: CheckDraft,
  check?: Pick<UptimeCheck, 'app' | 'target'>,
): ChangeUptimeCheck {
  const isHttp = draft.kind === 'http'
  const text = (value: string): string | undefined =>
    value.trim() === '' ? undefined : value.trim()
  const number = (value: string): number | undefined =>
    value.trim() === '' ? undefined : Number(value)
  const status = isHttp ? text(draft.status) : undefined
  const contains = isHttp ? text(draft.contains) : undefined
  const header = isHttp ? text(draft.header) : undefined
  const slowMs = number(draft.slowMs)
  const certificateDays = draft.kind === 'tcp' ? undefined : number(draft.certificateDays)
  const isOfApp = check !== undefined && check.app !== null
  const name = isOfApp ? undefined : text(draft.name)
  const target = draft.target.trim()
  return {
    ...(target !== check?.target && { target: isOfApp && target === '' ? 'default' : target }),
    ...(name !== undefined && { name }),
    everyMs: Number(draft.everyS) * 1_000,
    timeoutMs: Math.round(Number(draft.timeoutS) * 1_000),
    expect: {
      ...(status !== undefined && { status }),
      ...(contains !== undefined && { contains }),
      ...(header !== undefined && { header }),
      ...(slowMs !== undefined && { slowMs }),
      ...(certificateDays !== undefined && { certificateDays }),
    },
    ...(isHttp && { method: draft.method, followRedirects: draft.followRedirects }),
  }
}
