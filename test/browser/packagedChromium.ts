import { mkdir, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { FoundBrowser } from './findBrowser.ts'

const CACHE = fileURLToPath(new URL('../../node_modules/.cache', import.meta.url))

/**
 * Unpacks the Chromium that the npm package `@sparticuz/chromium` holds, with the libraries and the fonts that it
 * needs on a bare machine. It is unpacked once for each version, into node_modules/.cache.
 *
 * Resolves with undefined where the package is not installed, or holds nothing for this machine.
 */
export async function packagedChromium(): Promise<FoundBrowser | undefined> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined
  const require = createRequire(import.meta.url)
  let entry: string
  try {
    entry = require.resolve('@sparticuz/chromium')
  } catch {
    return undefined
  }
  const home = dirname(dirname(entry))
  const { version } = require(join(home, 'package.json')) as { version: string }
  const directory = join(CACHE, `chromium-${version}`)
  if (!(await isDirectory(directory))) await unpack(join(home, 'bin'), directory)
  return {
    executablePath: join(directory, 'chromium'),
    env: { LD_LIBRARY_PATH: join(directory, 'al2023/lib'), FONTCONFIG_FILE: join(directory, 'fonts.conf') },
  }
}

async function unpack(bin: string, directory: string): Promise<void> {
  const { inflate } = await import('@sparticuz/chromium')
  await mkdir(CACHE, { recursive: true })
  const unfinished = await mkdtemp(`${directory}-`)
  const before = process.env['TMPDIR']
  try {
    // The package unpacks into os.tmpdir(), and takes a file that is there for a whole one. A directory of its own and
    // a rename at the end keep two test runs, and a run that was killed, from handing out half a browser.
    process.env['TMPDIR'] = unfinished
    await Promise.all(
      ['chromium.br', 'fonts.tar.br', 'swiftshader.tar.br', 'al2023.tar.br'].map((file) => inflate(join(bin, file))),
    )
    await writeFile(join(unfinished, 'fonts.conf'), fontsConfiguration(directory))
    await rename(unfinished, directory)
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true })
    // Another run was faster.
    if (!(await isDirectory(directory))) throw error
  } finally {
    if (before === undefined) delete process.env['TMPDIR']
    else process.env['TMPDIR'] = before
  }
}

/** The package's own names /tmp/fonts, and without a font a page has no text. */
function fontsConfiguration(directory: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>${join(directory, 'fonts')}</dir>
  <cachedir>${join(directory, 'fonts-cache')}</cachedir>
</fontconfig>
`
}

async function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  )
}
