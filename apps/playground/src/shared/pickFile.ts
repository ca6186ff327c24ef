import type { Failure } from './contract.ts'
import { shortNameOf } from './fileName.ts'
import { formatBytes } from './format.ts'
import type { UploadAction } from './upload.ts'

/** The largest file that the server takes, in bytes; it says so in the page. */
export const maxUpload = Number(document.querySelector<HTMLMetaElement>('meta[name=max-upload]')?.content) || 2 ** 30

/** Takes the one file that was chosen or dropped, or says why it cannot be sent. Undefined where there is none. */
export function pickFile(
  from: DataTransfer | HTMLInputElement,
): File | (UploadAction & { type: 'refuse' }) | undefined {
  const [file, ...others] = from.files ?? []
  if (!file) return undefined
  if (others.length > 0) return refuse('too-many', 'One file at a time, please.')
  if ('items' in from && from.items[0]?.webkitGetAsEntry()?.isDirectory) {
    return refuse('folder', `“${shortNameOf(file)}” is a folder. Please choose a file.`)
  }
  if (file.size > maxUpload) {
    const message = `“${shortNameOf(file)}” has ${formatBytes(file.size)}; the server takes up to ${formatBytes(maxUpload)}.`
    return { ...refuse('too-large', message), file }
  }
  return file
}

function refuse(code: Failure['code'], message: string): UploadAction & { type: 'refuse' } {
  return { type: 'refuse', failure: { code, message } }
}
