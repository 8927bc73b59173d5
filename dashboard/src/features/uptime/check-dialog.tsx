import {
  AddUptimeCheck,
  ChangeUptimeCheck,
  type UptimeCheck,
  UptimeKind,
  UptimeMethod,
} from '@vastrox/shared/uptime.ts'
import { type FormEvent, useState } from 'react'
import { useAddCheck, useChangeCheck } from '#features/uptime/queries.ts'
import { checkDraftOf, NEW_CHECK, settingsOf } from '#features/uptime/check-draft.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Dialog, DialogActions } from '#ui/dialog.tsx'
import { Field } from '#ui/field.tsx'
import { ErrorNotice } from '#ui/notice.tsx'
import { Select } from '#ui/select.tsx'

interface Props {
  check: UptimeCheck | 'new' | undefined
  onClose: () => void
}

export function CheckDialog({ check, onClose }: Props) {
  const isNew = check === 'new'
  return (
    <Dialog
      open={check !== undefined}
      onClose={onClose}
      title={isNew ? t('New check') : t('Change {name}', { name: check?.name ?? '' })}
      lead={
        isNew
          ? t('It is looked at from this server; “down” is said after a second look.')
          : undefined
      }
    >
      {check !== undefined && <CheckForm check={isNew ? undefined : check} onClose={onClose} />}
    </Dialog>
  )
}

const KIND_WORD: Record<UptimeKind, string> = {
  http: t('HTTP or HTTPS: an answer'),
  tcp: t('TCP: a port that takes connections'),
  tls: t('TLS: a certificate that is good'),
}
const PLACEHOLDER: Record<UptimeKind, string> = {
  http: 'https://example.com/health',
  tcp: 'db.example.com:5432',
  tls: 'example.com',
}
const EVERY_S = [30, 60, 120, 300, 600, 1_800, 3_600]

function CheckForm({ check, onClose }: { check: UptimeCheck | undefined; onClose: () => void }) {
  const add = useAddCheck()
  const change = useChangeCheck()
  const [draft, setDraft] = useState(check ? checkDraftOf(check) : NEW_CHECK)
  const [asked, setAsked] = useState(false)
  const settings = settingsOf(draft, check)
  const isOfApp = check !== undefined && check.app !== null
  const wish = check
    ? ChangeUptimeCheck.safeParse(settings)
    : AddUptimeCheck.safeParse({ ...settings, kind: draft.kind })
  const put = (part: Partial<typeof draft>): void => setDraft({ ...draft, ...part })
  const isHttp = draft.kind === 'http'
  const error = add.error ?? change.error
  const wrong = (...path: string[]): string | undefined =>
    asked
      ? wish.error?.issues.find((issue) => path.every((each, at) => issue.path[at] === each))
          ?.message
      : undefined

  const submit = (event: FormEvent) => {
    event.preventDefault()
    setAsked(true)
    if (!wish.success) return
    if (check) change.mutate({ id: check.id, ...settings }, { onSuccess: onClose })
    else
      add.mutate(
        { ...settings, target: draft.target.trim(), kind: draft.kind },
        { onSuccess: onClose },
      )
  }

  return (
    <form className="space-y-4" onSubmit={submit}>
      {error && <ErrorNotice error={error} />}
      {!check && (
        <Select
          label={t('What it is')}
          value={draft.kind}
          onChange={({ target }) =>
            put({ kind: UptimeKind.safeParse(target.value).data ?? 'http' })
          }
        >
          {UptimeKind.options.map((kind) => (
            <option key={kind} value={kind}>
              {KIND_WORD[kind]}
            </option>
          ))}
        </Select>
      )}
      <Field
        label={isOfApp ? t('Path') : t('Address')}
        mono
        hint={isOfApp ? t('Empty: the app’s health path, also when that is changed.') : undefined}
        placeholder={PLACEHOLDER[draft.kind]}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        value={draft.target}
        error={wrong('target')}
        onChange={({ target }) => put({ target: target.value })}
      />
      {!isOfApp && (
        <Field
          label={t('Name')}
          maxLength={80}
          value={draft.name}
          hint={check ? undefined : t('May be left empty.')}
          onChange={({ target }) => put({ name: target.value })}
        />
      )}
      <div className="grid grid-cols-2 gap-4">
        <Select
          label={t('Look every')}
          value={draft.everyS}
          onChange={({ target }) => put({ everyS: target.value })}
        >
          {EVERY_S.map((seconds) => (
            <option key={seconds} value={seconds}>
              {seconds < 60
                ? t('{seconds} s', { seconds })
                : t('{seconds} min', { seconds: seconds / 60 })}
            </option>
          ))}
        </Select>
        <Field
          label={t('Wait at most')}
          unit={t('s')}
          inputMode="decimal"
          value={draft.timeoutS}
          error={wrong('timeoutMs')}
          onChange={({ target }) => put({ timeoutS: target.value })}
        />
        {isHttp && (
          <>
            <Select
              label={t('Method')}
              value={draft.method}
              onChange={({ target }) =>
                put({ method: UptimeMethod.safeParse(target.value).data ?? 'GET' })
              }
            >
              {UptimeMethod.options.map((method) => (
                <option key={method}>{method}</option>
              ))}
            </Select>
            <Field
              label={t('Status')}
              placeholder={t('200, 2xx or 200-399')}
              value={draft.status}
              error={wrong('expect', 'status')}
              hint={t('Empty: below 400.')}
              onChange={({ target }) => put({ status: target.value })}
            />
            <Field
              label={t('Text in the answer')}
              maxLength={200}
              value={draft.contains}
              onChange={({ target }) => put({ contains: target.value })}
            />
            <Field
              label={t('Header')}
              placeholder={t('x-app: part of it')}
              value={draft.header}
              error={wrong('expect', 'header')}
              onChange={({ target }) => put({ header: target.value })}
            />
          </>
        )}
        <Field
          label={t('Slow beyond')}
          unit={t('ms')}
          inputMode="numeric"
          value={draft.slowMs}
          error={wrong('expect', 'slowMs')}
          hint={t('May be left empty.')}
          onChange={({ target }) => put({ slowMs: target.value })}
        />
        {draft.kind !== 'tcp' && (
          <Field
            label={t('Tell before its end')}
            unit={t('days')}
            inputMode="numeric"
            value={draft.certificateDays}
            error={wrong('expect', 'certificateDays')}
            hint={t('Of the certificate.')}
            onChange={({ target }) => put({ certificateDays: target.value })}
          />
        )}
      </div>
      {isHttp && (
        <label className="flex items-start gap-3">
          <input
            type="checkbox"
            className="mt-1 accent-accent"
            checked={draft.followRedirects}
            onChange={({ target }) => put({ followRedirects: target.checked })}
          />
          <span>{t('Follow redirects')}</span>
        </label>
      )}
      <DialogActions>
        <Button onClick={onClose}>{t('Cancel')}</Button>
        <Button type="submit" variant="primary" busy={add.isPending || change.isPending}>
          {check ? t('Save') : t('Look at it')}
        </Button>
      </DialogActions>
    </form>
  )
}
