// main.ts
import { NestFactory } from '@nestjs/core'
import { toNodeHandler } from '@tidewire/server/node'
import { hub } from '../hub.ts'

const app = await NestFactory.create(AppModule)
app.use(toNodeHandler(hub))
await app.listen(3000)

declare const AppModule: new () => unknown
