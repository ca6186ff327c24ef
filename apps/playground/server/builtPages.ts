import { readdir, readFile } from 'node:fs/promises'
import { extname, join, relative } from 'node:path'
import type { PageSource } from './pages.ts'

const TYPES: Record<string, string> = { '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' }

/** Serves the pages from a build, which is read once: no path that somebody asks for reaches the file system. */
export async function readBuild(directory: string): Promise<PageSource> {
  const files = new Map<string, Buffer>()
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    if (entry.isFile()) files.set(`/${relative(directory, path)}`, await readFile(path))
  }

  return {
    async readPage(framework) {
      const page = files.get(`/${framework}.html`)
      if (!page) throw new Error(`There is no ${framework}.html in ${directory}.`)
      return page.toString()
    },
    serve(req, res, next) {
      const path = req.url ?? ''
      const type = TYPES[extname(path)]
      const file = files.get(path)
      if (type && file) res.writeHead(200, { 'Content-Type': type }).end(file)
      else next()
    },
    close: () => Promise.resolve(),
  }
}
