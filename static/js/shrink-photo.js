// Makes photos smaller before they are sent. Whatever goes wrong, the file stays as it was chosen.
(() => {
  const LONGEST_SIDE = 1600;
  const LARGEST = 500 * 1024;

  async function shrunk(file) {
    if (!file.type.startsWith("image/") || file.type === "image/svg+xml") return file;
    const bitmap = await createImageBitmap(file);
    const scale = Math.min(1, LONGEST_SIDE / Math.max(bitmap.width, bitmap.height));
    if (scale === 1 && file.size <= LARGEST) return file;
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(bitmap.width * scale));
    canvas.height = Math.max(1, Math.round(bitmap.height * scale));
    const context = canvas.getContext("2d");
    context.fillStyle = "#fff";
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    bitmap.close();
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
    if (!blob || blob.size >= file.size) return file;
    const name = file.name.replace(/\.[^.]*$/, "") + ".jpg";
    return new File([blob], name, { type: "image/jpeg" });
  }

  function statusOf(input) {
    const named = document.getElementById(input.dataset.shrinkStatus || `${input.id}_shrink`);
    if (named) return named;
    const status = document.createElement("p");
    status.id = `${input.id}_shrink`;
    status.className = "form-text";
    status.setAttribute("role", "status");
    input.after(status);
    return status;
  }

  async function replaceFiles(input) {
    const chosen = input.files;
    const status = statusOf(input);
    status.textContent = input.dataset.shrinkWorking || "";
    let message = "";
    try {
      const files = await Promise.all(Array.from(chosen, shrunk));
      const changed = files.some((file, index) => file !== chosen[index]);
      if (input.files !== chosen) return;
      if (changed) {
        const transfer = new DataTransfer();
        files.forEach((file) => transfer.items.add(file));
        input.files = transfer.files;
        message = input.dataset.shrinkDone || "";
      }
    } catch {
      message = "";
    }
    status.textContent = message;
  }

  document.addEventListener("change", (event) => {
    if (event.target.matches("input[type=file][data-shrink]") && event.target.files.length) {
      replaceFiles(event.target);
    }
  });
})();
