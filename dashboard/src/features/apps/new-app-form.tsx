import { zodResolver } from '@hookform/resolvers/zod'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { AppName } from '@vastrox/shared/app.ts'
import { parseImageReference } from '@vastrox/shared/image-reference.ts'
import { useEffect, useState } from 'react'
import { useForm, type UseFormReturn, useWatch } from 'react-hook-form'
import { z } from 'zod'
import { DropField } from '#features/apps/drop-field.tsx'
import {
  type NewApp,
  NotDeployed,
  startersQuery,
  useNewApp,
} from '#features/apps/new-app-queries.ts'
import { uploadApp } from '#features/apps/upload-app.ts'
import type { DroppedFile } from '#features/uploads/dropped-files.ts'
import type { Sending } from '#features/uploads/send-files.ts'
import { SendingBar } from '#features/uploads/sending-bar.tsx'
import { describeError } from '#lib/api-error.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { DialogActions } from '#ui/dialog.tsx'
import { Field } from '#ui/field.tsx'
import { Select } from '#ui/select.tsx'

const Form = z
  .object({
    name: AppName,
    from: z.enum(['push', 'git', 'upload', 'starter', 'image']),
    starter: z.string(),
    image: z.string().trim(),
    /** Only for what is wrong with it. */
    files: z.undefined().optional(),
  })
  .superRefine(({ from, starter, image }, context) => {
    if (from === 'starter' && starter === '')
      context.addIssue({ code: 'custom', path: ['starter'], message: t('Choose one.') })
    if (from === 'image' && parseImageReference(image) === undefined)
      context.addIssue({
        code: 'custom',
        path: ['image'],
        message: t('Write it as name:tag or registry.example/team/name:tag.'),
      })
  })
type Form = z.infer<typeof Form>

interface Props {
  /** The starter that was picked before the dialog was opened. */
  starter?: string | undefined
  onClose: () => void
}

export function NewAppForm({ starter, onClose }: Props) {
  const navigate = useNavigate()
  const newApp = useNewApp()
  const [made, setMade] = useState<string>()
  const [files, setFiles] = useState<readonly DroppedFile[]>([])
  const [sending, setSending] = useState<Sending>()
  const [stopping, setStopping] = useState<AbortController>()
  // Whoever closes the form deploys nothing: an upload that nobody sees could not be stopped any more.
  useEffect(() => () => stopping?.abort(new Error('stopped')), [stopping])
  const form = useForm<Form>({
    resolver: zodResolver(Form),
    defaultValues: {
      name: starter ?? '',
      from: starter === undefined ? 'push' : 'starter',
      starter: starter ?? '',
      image: '',
    },
    mode: 'onChange',
  })
  const { errors } = form.formState
  const [name, from] = useWatch({ control: form.control, name: ['name', 'from'] })

  const send = (app: string): Promise<void> => {
    const controller = new AbortController()
    setStopping(controller)
    return uploadApp(app, files, { signal: controller.signal, onProgress: setSending })
  }

  const submit = form.handleSubmit((input) => {
    if (input.from === 'upload' && files.length === 0)
      return form.setError('files', { message: t('Drop or choose what is to be deployed.') })
    return newApp.mutate(
      {
        ...wishOf(input),
        exists: made === input.name,
        ...(input.from === 'upload' && { fill: send }),
      },
      {
        onSettled: () => setSending(undefined),
        onSuccess: ({ name: created }) => {
          onClose()
          const params = { name: created }
          if (input.from === 'git')
            void navigate({ to: '/apps/$name/source', params, search: { connect: 'pick' } })
          else if (input.from === 'push') void navigate({ to: '/apps/$name/push', params })
          else void navigate({ to: '/apps/$name', params })
        },
        onError: (error, wish) => {
          // The app may be there and only its image refused: the next try makes no second one.
          const isMade = error instanceof NotDeployed
          if (isMade) setMade(wish.name)
          const { message, hint } = describeError(isMade ? error.cause : error)
          const field = isMade ? (input.from === 'upload' ? 'files' : 'image') : 'name'
          form.setError(field, { message: hint ? `${message} ${hint}` : message })
        },
      },
    )
  })

  return (
    <form onSubmit={submit} className="space-y-5">
      <Field
        label={t('Name')}
        placeholder={t('my-app')}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        mono
        // oxlint-disable-next-line jsx-a11y/no-autofocus -- the dialog begins with it
        autoFocus
        hint={t('2 to 40 lower-case letters, digits or hyphens, beginning with a letter.')}
        error={name.length > 1 ? errors.name?.message : undefined}
        {...form.register('name')}
      />
      <Select label={t('Begin with')} {...form.register('from')}>
        <option value="push">{t('Code of your own, by git push')}</option>
        <option value="git">{t('A repository on GitHub, GitLab or any Git host')}</option>
        <option value="upload">{t('A folder or archive of this computer')}</option>
        <option value="starter">{t('A starter')}</option>
        <option value="image">{t('An image')}</option>
      </Select>
      {from === 'git' && (
        <p className="text-sm text-muted">
          {t('Next you pick the repository, or give its address; a push there deploys here.')}
        </p>
      )}
      {from === 'upload' && (
        <DropField
          files={files}
          error={errors.files?.message}
          onFiles={(chosen) => {
            setFiles(chosen)
            form.clearErrors('files')
          }}
        />
      )}
      {sending && (
        <div className="flex flex-wrap items-center gap-3 text-sm">
          <SendingBar sending={sending} onStop={() => stopping?.abort(new Error('stopped'))} />
        </div>
      )}
      {from === 'starter' && <StarterField form={form} />}
      {from === 'image' && (
        <Field
          label={t('Image')}
          placeholder="registry.example/team/name:tag"
          autoCapitalize="none"
          spellCheck={false}
          mono
          hint={t('Taken as it is; the digest that its tag means now is pinned.')}
          error={errors.image?.message}
          {...form.register('image')}
        />
      )}
      <DialogActions>
        <Button onClick={onClose}>{t('Cancel')}</Button>
        <Button type="submit" variant="primary" busy={newApp.isPending} disabled={name === ''}>
          {labelOf(from, newApp.isPending)}
        </Button>
      </DialogActions>
    </form>
  )
}

function StarterField({ form }: { form: UseFormReturn<Form> }) {
  const { data: starters = [] } = useQuery(startersQuery)
  const chosen = useWatch({ control: form.control, name: 'starter' })
  const description = starters.find(({ name }) => name === chosen)?.description
  return (
    <Select
      key={starters.length}
      label={t('Starter')}
      hint={form.formState.errors.starter?.message ?? description}
      {...form.register('starter')}
    >
      <option value="">{t('Choose one')}</option>
      {starters.map(({ name, title, stack }) => (
        <option key={name} value={name}>
          {title} ({stack})
        </option>
      ))}
    </Select>
  )
}

const wishOf = ({ name, from, starter, image }: Form): NewApp => ({
  name,
  ...(from === 'starter' && { starter }),
  ...(from === 'image' && { image }),
})

function labelOf(from: Form['from'], isPending: boolean): string {
  if (isPending) return 'Creating …'
  return from === 'push' || from === 'git' ? t('Create app') : t('Create and deploy')
}
