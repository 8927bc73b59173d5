import { AddIssuer, type IssuerList } from '@vastrox/shared/certificate.ts'
import { useState } from 'react'
import { useAddIssuer } from '#features/certificates/queries.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Dialog, DialogActions } from '#ui/dialog.tsx'
import { Field } from '#ui/field.tsx'
import { ErrorNotice, Notice } from '#ui/notice.tsx'
import { Select } from '#ui/select.tsx'
import { TextArea } from '#ui/text-area.tsx'
import { toast } from '#ui/toast.tsx'

interface Props {
  open: boolean
  known: IssuerList['known']
  onClose: () => void
}

/** A CA that is known by name, or one of one's own. Nothing is kept before it has taken our account. */
export function AddIssuerDialog({ open, known, onClose }: Props) {
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={t('Add a certificate authority')}
      lead={t(
        'It is asked after those that are there. Its directory is looked at and an account made at once.',
      )}
    >
      <AddIssuerForm known={known} onClose={onClose} />
    </Dialog>
  )
}

const OWN = ''
const EMPTY = {
  name: '',
  directoryUrl: '',
  email: '',
  bindingKeyId: '',
  bindingHmacKey: '',
  profile: '',
  caPem: '',
}

function AddIssuerForm({ known, onClose }: Omit<Props, 'open'>) {
  const add = useAddIssuer()
  const [choice, setChoice] = useState(known[0]?.name ?? OWN)
  const [values, setValues] = useState(EMPTY)
  const [asked, setAsked] = useState(false)
  const chosen = known.find(({ name }) => name === choice)
  const wish = AddIssuer.safeParse(wishOf(chosen ? { ...values, name: chosen.name } : values))
  const own = chosen === undefined
  const missing =
    own && values.directoryUrl.trim() === '' ? t('Give the address of its directory.') : undefined
  const wrong = (field: string): string | undefined =>
    asked ? wish.error?.issues.find(({ path }) => path[0] === field)?.message : undefined
  const field = (name: keyof typeof EMPTY) => ({
    autoComplete: 'off',
    value: values[name],
    error: wrong(name),
    onChange: ({ target }: { target: { value: string } }) =>
      setValues({ ...values, [name]: target.value }),
  })

  return (
    <form
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault()
        setAsked(true)
        if (!wish.success || missing !== undefined) return
        add.mutate(wish.data, {
          onSuccess: ({ title }) => {
            toast.good(t('{title} is asked from now on.', { title }))
            onClose()
          },
        })
      }}
    >
      {add.error && <ErrorNotice error={add.error} />}
      <Select
        label={t('Which one')}
        value={choice}
        onChange={({ target }) => setChoice(target.value)}
      >
        {known.map(({ name, title }) => (
          <option key={name} value={name}>
            {title}
          </option>
        ))}
        <option value={OWN}>{t('Another one, by the address of its directory')}</option>
      </Select>
      {own && (
        <>
          <Field label={t('Name')} mono placeholder={t('our-ca')} {...field('name')} />
          <Field
            label={t('Directory')}
            mono
            type="url"
            placeholder="https://ca.example.com/acme/directory"
            {...field('directoryUrl')}
            error={asked ? (missing ?? wrong('directoryUrl')) : undefined}
          />
        </>
      )}
      <Field
        label={t('E-mail')}
        type="email"
        hint={t('Some CAs write to it; none needs one.')}
        {...field('email')}
      />
      {chosen?.needsBinding && (
        <Notice
          tone="info"
          title={t('{title} binds accounts to customers', { title: chosen.title })}
        >
          {chosen.bindingHint}
        </Notice>
      )}
      {(own || chosen.needsBinding) && (
        <>
          <Field
            label={t('Key id of the binding (EAB)')}
            mono
            hint={own ? t('Only where the CA asks for one.') : undefined}
            {...field('bindingKeyId')}
          />
          <Field
            label={t('HMAC key of the binding')}
            mono
            type="password"
            hint={t('Kept encrypted, and never shown again.')}
            {...field('bindingHmacKey')}
          />
        </>
      )}
      {own && (
        <>
          <Field
            label={t('Profile')}
            mono
            placeholder={t('the CA’s own choice')}
            {...field('profile')}
          />
          <TextArea
            label={t('What its HTTPS is signed by')}
            rows={4}
            hint={t('In PEM, where that is no CA that everybody knows.')}
            {...field('caPem')}
          />
        </>
      )}
      <DialogActions>
        <Button onClick={onClose}>{t('Cancel')}</Button>
        <Button type="submit" variant="primary" busy={add.isPending}>
          {add.isPending ? t('Asking it …') : t('Add it')}
        </Button>
      </DialogActions>
    </form>
  )
}

/** Fields that were left empty are not sent. */
const wishOf = (values: typeof EMPTY): Record<string, string> =>
  Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => {
      const text = value.trim()
      return text === '' ? [] : [[name, text]]
    }),
  )
