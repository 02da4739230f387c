// Looks at a canvas of the page while pictures come and go: which frame its pixels are (the synthetic scene writes its
// number along the top), and which boxes the page says that it drew there.

const CELLS = 32;

function lookAt(tile, place) {
  const shown = ocelli.sources[tile]?.[place];
  if (!shown) return null;
  const canvas = document.querySelectorAll(".tile")[tile].querySelector(place === "inset" ? ".inset-picture" : ".picture");
  const context = canvas.getContext("2d");
  const pixel = (x, y) => [...context.getImageData(Math.round(x), Math.round(y), 1, 1).data.slice(0, 3)];
  const [left, top, width, height] = shown.picture_on_canvas;
  const [sourceWidth, sourceHeight] = shown.size;
  // As the scene does: an eightieth of the width, even.
  const side = Math.min(16, Math.max(2, Math.floor(sourceWidth / 80))) & ~1;
  const strip = context.getImageData(left, top, Math.ceil((CELLS * side * width) / sourceWidth), Math.ceil((side * height) / sourceHeight));
  const row = Math.floor(strip.height / 2);
  const cells = Array.from({ length: CELLS }, (_, cell) => {
    const column = Math.floor(((cell + 0.5) * strip.width) / CELLS);
    return strip.data[4 * (row * strip.width + column) + 1] >= 128 ? 1 : 0;
  });
  const boxes = shown.boxes.map((drawn) => {
    // Where they have to be, whatever the page says of it.
    const [x1, x2] = [drawn.box[0], drawn.box[2]].map((x) => Math.round(left + (x * width) / sourceWidth));
    const [y1, y2] = [drawn.box[1], drawn.box[3]].map((y) => Math.round(top + (y * height) / sourceHeight));
    const [x, y] = [(x1 + x2) / 2, (y1 + y2) / 2];
    return { ...drawn, edges: [pixel(x1, y), pixel(x2 - 1, y), pixel(x, y1), pixel(x, y2 - 1)] };
  });
  return { seq: shown.seq, has_result: shown.has_result, cells, boxes };
}

/** So many different frames, as they come. */
async function sample(tile, place, frames) {
  const seen = [];
  while (seen.length < frames) {
    await new Promise((resolve) => setTimeout(resolve, 7));
    const now = lookAt(tile, place);
    if (now && (now.seq !== seen.at(-1)?.seq || now.has_result !== seen.at(-1)?.has_result)) seen.push(now);
  }
  return seen;
}
